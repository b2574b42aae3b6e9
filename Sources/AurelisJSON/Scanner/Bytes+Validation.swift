extension Bytes {
    /// Checks a string from the byte after its opening quote; returns the index after the closing one, or a failure.
    @inline(__always)
    func validatingString(_ index: Int, allowsLoneSurrogates: Bool) -> Int {
        let end = endOfPlainText(index)
        if end < count, base[end] == Ascii.quote { return end + 1 }
        return validatingRestOfString(end, allowsLoneSurrogates: allowsLoneSurrogates)
    }

    @inline(never)
    func validatingRestOfString(_ index: Int, allowsLoneSurrogates: Bool) -> Int {
        var index = index
        while index < count {
            let byte = base[index]
            if byte == Ascii.quote { return index + 1 }
            if byte == Ascii.backslash {
                index = validatingEscape(index, allowsLoneSurrogates: allowsLoneSurrogates)
            } else if byte >= 0x80 {
                index = validatingUTF8(index)
            } else {
                return ScanFailure.controlCharacter.encoded(at: index)
            }
            if index < 0 { return index }
            index = endOfPlainText(index)
        }
        return ScanFailure.unterminatedString.encoded(at: count)
    }

    /// Checks an escape at its backslash; returns the index after it.
    @inline(__always)
    private func validatingEscape(_ index: Int, allowsLoneSurrogates: Bool) -> Int {
        guard index + 1 < count else { return ScanFailure.invalidEscape.encoded(at: count) }
        switch base[index + 1] {
        case UInt8(ascii: "n"), Ascii.quote, Ascii.backslash, UInt8(ascii: "t"), UInt8(ascii: "/"),
            UInt8(ascii: "r"), UInt8(ascii: "b"), UInt8(ascii: "f"):
            return index + 2
        case UInt8(ascii: "u"):
            return validatingUnicodeEscape(index, allowsLoneSurrogates: allowsLoneSurrogates)
        default:
            return ScanFailure.invalidEscape.encoded(at: index + 1)
        }
    }

    private func validatingUnicodeEscape(_ index: Int, allowsLoneSurrogates: Bool) -> Int {
        guard let unit = hexUnit(index + 2) else { return invalidHexDigit(index + 2) }
        let next = index + 6
        guard unit & 0xF800 == 0xD800 else { return next }
        if unit < 0xDC00, next + 1 < count, base[next] == Ascii.backslash, base[next + 1] == UInt8(ascii: "u") {
            guard let second = hexUnit(next + 2) else { return invalidHexDigit(next + 2) }
            if second & 0xFC00 == 0xDC00 { return next + 6 }
        }
        return allowsLoneSurrogates ? next : ScanFailure.loneSurrogate.encoded(at: index)
    }

    /// The value of four hexadecimal digits, or nil.
    @inline(__always)
    func hexUnit(_ index: Int) -> UInt32? {
        guard index + 4 <= count,
            let first = Ascii.hexValue(base[index]), let second = Ascii.hexValue(base[index + 1]),
            let third = Ascii.hexValue(base[index + 2]), let fourth = Ascii.hexValue(base[index + 3])
        else { return nil }
        return first << 12 | second << 8 | third << 4 | fourth
    }

    private func invalidHexDigit(_ index: Int) -> Int {
        var index = index
        while index < count, Ascii.hexValue(base[index]) != nil { index += 1 }
        return ScanFailure.invalidHexDigit.encoded(at: index)
    }

    /// Checks a run of characters beyond ASCII (RFC 3629: shortest forms, no surrogates); returns the index after it.
    @inline(__always)
    private func validatingUTF8(_ index: Int) -> Int {
        var index = index
        repeat {
            let length = lengthOfCharacter(index)
            if length == 0 { return ScanFailure.invalidUTF8.encoded(at: index) }
            index += length
        } while index < count && base[index] >= 0x80
        return index
    }

    /// The length of the multi-byte character at `index`, or 0 when it is none.
    @inline(__always)
    private func lengthOfCharacter(_ index: Int) -> Int {
        let lead = base[index]
        let available = count - index
        if lead < 0xE0 {
            return lead >= 0xC2 && available >= 2 && isContinuation(index + 1) ? 2 : 0
        }
        guard available >= 3, isContinuation(index + 1), isContinuation(index + 2) else { return 0 }
        let second = base[index + 1]
        if lead < 0xF0 {
            if lead == 0xE0, second < 0xA0 { return 0 }
            if lead == 0xED, second >= 0xA0 { return 0 }
            return 3
        }
        guard available >= 4, isContinuation(index + 3), lead < 0xF5 else { return 0 }
        if lead == 0xF0, second < 0x90 { return 0 }
        if lead == 0xF4, second >= 0x90 { return 0 }
        return 4
    }

    @inline(__always)
    private func isContinuation(_ index: Int) -> Bool { base[index] & 0xC0 == 0x80 }

    /// Checks a number from its first byte, a digit or `-`; returns the index after it.
    @inline(__always)
    func validatingNumber(_ index: Int) -> Int {
        var index = index
        if base[index] == Ascii.minus { index += 1 }
        guard index < count, Ascii.isDigit(base[index]) else { return ScanFailure.expectedDigit.encoded(at: index) }
        if base[index] == Ascii.zero {
            index += 1
            if index < count, Ascii.isDigit(base[index]) { return ScanFailure.leadingZero.encoded(at: index - 1) }
        } else {
            index = skippingDigits(index + 1)
        }
        guard index < count, base[index] == Ascii.point || base[index] | 0x20 == UInt8(ascii: "e") else { return index }
        return validatingRestOfNumber(index)
    }

    @inline(__always)
    private func skippingDigits(_ index: Int) -> Int {
        var index = index
        while index < count, Ascii.isDigit(base[index]) { index += 1 }
        return index
    }

    private func validatingRestOfNumber(_ index: Int) -> Int {
        var index = index
        if base[index] == Ascii.point {
            index += 1
            guard index < count, Ascii.isDigit(base[index]) else { return ScanFailure.expectedDigit.encoded(at: index) }
            index = skippingDigits(index + 1)
        }
        guard index < count, base[index] | 0x20 == UInt8(ascii: "e") else { return index }
        index += 1
        if index < count, base[index] == Ascii.plus || base[index] == Ascii.minus { index += 1 }
        guard index < count, Ascii.isDigit(base[index]) else { return ScanFailure.expectedDigit.encoded(at: index) }
        return skippingDigits(index + 1)
    }

    /// Checks `true`, `false` or `null` from its first byte; returns the index after it.
    @inline(__always)
    func validatingLiteral(_ index: Int) -> Int {
        switch base[index] {
        case UInt8(ascii: "t"): validatingSpelling("true", .expectedTrue, index)
        case UInt8(ascii: "f"): validatingSpelling("false", .expectedFalse, index)
        case UInt8(ascii: "n"): validatingSpelling("null", .expectedNull, index)
        default: ScanFailure.expectedValue.encoded(at: index)
        }
    }

    @inline(__always)
    private func validatingSpelling(_ literal: StaticString, _ failure: ScanFailure, _ index: Int) -> Int {
        let length = literal.utf8CodeUnitCount
        let spelling = Bytes(literal.utf8Start, count: length)
        // The last four bytes at once: the first one of `false` is already known.
        if index + length <= count,
            load(index + length - 4, as: UInt32.self) == spelling.load(length - 4, as: UInt32.self)
        {
            return index + length
        }
        return misspelling(spelling, failure, index)
    }

    @inline(never)
    private func misspelling(_ spelling: Bytes, _ failure: ScanFailure, _ index: Int) -> Int {
        var matching = 0
        while matching < spelling.count, index + matching < count, base[index + matching] == spelling[matching] {
            matching += 1
        }
        return failure.encoded(at: index + matching)
    }
}
