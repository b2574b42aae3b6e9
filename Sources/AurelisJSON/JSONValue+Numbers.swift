extension JSONValue {
    /// The number as an integer; nil for other kinds, for fractions, and beyond `Int`.
    ///
    /// `100`, `100.0` and `1e2` are the same number. One with a point or an exponent is read as a `Double` first, and
    /// only below 2^53, where every integer has its own.
    public var int: Int? {
        guard kind == .number else { return nil }
        if let plain = withText({ $0.integer(range) }) { return plain }
        guard raw.contains(where: { !Ascii.isDigit($0) && $0 != Ascii.minus }) else { return nil }
        guard let double, abs(double) < 0x1p53 else { return nil }
        return Int(exactly: double)
    }

    /// The number; nil for other kinds, and for one too large for `Double`.
    public var double: Double? {
        guard kind == .number else { return nil }
        if let short = withText({ $0.shortDecimal(range) }) { return short }
        guard let value = Double(description), value.isFinite else { return nil }
        return value
    }
}

extension Bytes {
    /// The integer in a range; nil when it is not only digits or is beyond `Int`.
    fileprivate func integer(_ range: Range<Int>) -> Int? {
        let (start, end) = (range.lowerBound, range.upperBound)
        let isNegative = base[start] == Ascii.minus
        var value = 0
        // Downwards, because `Int.min` has no positive counterpart.
        for index in (isNegative ? start + 1 : start)..<end {
            let digit = base[index] &- Ascii.zero
            guard digit < 10 else { return nil }
            let (product, productOverflows) = value.multipliedReportingOverflow(by: 10)
            let (sum, sumOverflows) = product.subtractingReportingOverflow(Int(digit))
            if productOverflows || sumOverflows { return nil }
            value = sum
        }
        if isNegative { return value }
        return value == Int.min ? nil : -value
    }

    /// A number of at most 16 bytes without exponent: 15 digits and a point, or an integer. Two exact numbers and one
    /// division give it exactly rounded (Clinger's fast path). Nil for any other.
    fileprivate func shortDecimal(_ range: Range<Int>) -> Double? {
        let (start, end) = (range.lowerBound, range.upperBound)
        let isNegative = base[start] == Ascii.minus
        var index = isNegative ? start + 1 : start
        guard end - index <= 16 else { return nil }
        var digits: UInt64 = 0
        var length = 0
        var point: Int?
        while index < end {
            let byte = base[index]
            if Ascii.isDigit(byte) {
                digits = digits &* 10 &+ UInt64(byte &- Ascii.zero)
                length += 1
            } else if byte == Ascii.point {
                point = length
            } else {
                return nil
            }
            index += 1
        }
        var scale = 1.0
        for _ in (point ?? length)..<length { scale *= 10 }
        let value = Double(digits) / scale
        return isNegative ? -value : value
    }
}
