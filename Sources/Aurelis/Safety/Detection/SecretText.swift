/// A text in memory, as a scan looks at it. Whoever reads a byte has kept `0 <= index < count`.
struct SecretText {
    let base: UnsafePointer<UInt8>
    let count: Int
    private let classes = ByteClass.table

    init(_ base: UnsafePointer<UInt8>, count: Int) {
        self.base = base
        self.count = count
    }

    @inline(__always)
    subscript(index: Int) -> UInt8 { base[index] }

    @inline(__always)
    func isIn(_ set: ByteClass, _ index: Int) -> Bool { classes[Int(base[index])] & set.rawValue != 0 }

    @inline(__always)
    func load<T: BitwiseCopyable>(_ index: Int, as type: T.Type) -> T {
        UnsafeRawPointer(base + index).loadUnaligned(as: type)
    }

    /// The first byte from `index` on that is not of a class, at most `limit` bytes on.
    @inline(__always)
    func end(of set: ByteClass, from index: Int, limit: Int) -> Int {
        let stop = min(count, index + limit)
        var index = index
        while index < stop, isIn(set, index) { index += 1 }
        return index
    }

    /// The first byte from `index` on that is of a class, at most `limit` bytes on.
    func start(of set: ByteClass, from index: Int, limit: Int) -> Int {
        let stop = min(count, index + limit)
        var index = index
        while index < stop, !isIn(set, index) { index += 1 }
        return index
    }

    /// Whether a text stands at a place.
    func has(_ text: StaticString, at index: Int) -> Bool {
        let length = text.utf8CodeUnitCount
        guard index >= 0, index + length <= count else { return false }
        let other = text.utf8Start
        for offset in 0..<length where base[index + offset] != other[offset] { return false }
        return true
    }

    /// The same in whatever case; `text` is in small letters.
    func hasFolded(_ text: StaticString, at index: Int) -> Bool {
        let length = text.utf8CodeUnitCount
        guard index >= 0, index + length <= count else { return false }
        let other = text.utf8Start
        for offset in 0..<length where base[index + offset].folded != other[offset] { return false }
        return true
    }

    /// Whether a range is a text, in whatever case.
    func isFolded(_ text: StaticString, _ range: Range<Int>) -> Bool {
        range.count == text.utf8CodeUnitCount && hasFolded(text, at: range.lowerBound)
    }

    /// Where a word could begin: no letter or digit stands before, or one that belongs to an escape.
    func isBoundary(_ index: Int) -> Bool {
        guard index > 0, isIn(.alphanumeric, index - 1) else { return true }
        return isBehindEscape(index)
    }

    /// Whether what stands before is the end of `\n`, `\u0041` or `%3D`, as in a text that was escaped once more.
    private func isBehindEscape(_ index: Int) -> Bool {
        if index >= 2, base[index - 2] == UInt8(ascii: "\\") {
            return "nrtbf".utf8.contains(base[index - 1])
        }
        if index >= 3, base[index - 3] == UInt8(ascii: "%") {
            return isIn(.hexadecimal, index - 2) && isIn(.hexadecimal, index - 1)
        }
        if index >= 6, base[index - 6] == UInt8(ascii: "\\"), base[index - 5] == UInt8(ascii: "u") {
            return (index - 4..<index).allSatisfy { isIn(.hexadecimal, $0) }
        }
        return false
    }
}

extension UInt8 {
    /// A capital as its small letter; every other byte as it is.
    @inline(__always)
    var folded: UInt8 { self &- UInt8(ascii: "A") < 26 ? self | 0x20 : self }

    @inline(__always)
    var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }

    @inline(__always)
    var isSmall: Bool { self &- UInt8(ascii: "a") < 26 }

    @inline(__always)
    var isCapital: Bool { self &- UInt8(ascii: "A") < 26 }
}
