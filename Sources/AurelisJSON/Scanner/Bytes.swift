/// A text in memory: a pointer and its length, without the cost of a buffer's checks on every access.
///
/// Whoever holds one has kept `index < count` before each access; the functions here keep it themselves.
struct Bytes {
    let base: UnsafePointer<UInt8>
    let count: Int

    @inline(__always)
    init(_ base: UnsafePointer<UInt8>, count: Int) {
        self.base = base
        self.count = count
    }

    /// The bytes of a buffer.
    @inline(__always)
    init(_ buffer: UnsafeBufferPointer<UInt8>) {
        // The pointer of an empty buffer is never read.
        base = buffer.baseAddress ?? UnsafePointer(bitPattern: 1).unsafelyUnwrapped
        count = buffer.count
    }

    /// The same bytes as a buffer.
    var buffer: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: count) }

    @inline(__always)
    subscript(index: Int) -> UInt8 { base[index] }

    @inline(__always)
    func load<T: BitwiseCopyable>(_ index: Int, as type: T.Type) -> T {
        UnsafeRawPointer(base + index).loadUnaligned(as: type)
    }

    /// The first byte at or after `index` that is no white space, or `count`.
    @inline(__always)
    func skippingWhitespace(_ index: Int) -> Int {
        if index < count, base[index] > 0x20 { return index }
        return skippingMoreWhitespace(index)
    }

    @inline(never)
    private func skippingMoreWhitespace(_ index: Int) -> Int {
        var index = index
        while index < count {
            switch base[index] {
            case 0x20, 0x0A, 0x0D, 0x09: index += 1
            default: return index
            }
        }
        return index
    }

    /// Whether the bytes of a range are these.
    @inline(__always)
    func equals(_ start: Int, _ end: Int, _ other: UnsafeBufferPointer<UInt8>) -> Bool {
        let length = end - start
        guard length == other.count else { return false }
        let left = Bytes(base + start, count: length)
        let right = Bytes(other)
        var index = 0
        while index + 8 <= length {
            if left.load(index, as: UInt64.self) != right.load(index, as: UInt64.self) { return false }
            index += 8
        }
        while index < length {
            if left[index] != right[index] { return false }
            index += 1
        }
        return true
    }
}

/// The bytes that the grammar names.
enum Ascii {
    static let quote = UInt8(ascii: "\"")
    static let backslash = UInt8(ascii: "\\")
    static let comma = UInt8(ascii: ",")
    static let colon = UInt8(ascii: ":")
    static let openBrace = UInt8(ascii: "{")
    static let closeBrace = UInt8(ascii: "}")
    static let openBracket = UInt8(ascii: "[")
    static let closeBracket = UInt8(ascii: "]")
    static let minus = UInt8(ascii: "-")
    static let plus = UInt8(ascii: "+")
    static let point = UInt8(ascii: ".")
    static let zero = UInt8(ascii: "0")

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- zero < 10 }

    /// The value of a hexadecimal digit, or nil.
    @inline(__always)
    static func hexValue(_ byte: UInt8) -> UInt32? {
        let digit = byte &- zero
        if digit < 10 { return UInt32(digit) }
        let letter = (byte | 0x20) &- UInt8(ascii: "a")
        return letter < 6 ? UInt32(letter) + 10 : nil
    }

    /// The hexadecimal digit of a value below 16.
    static func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? zero + value : UInt8(ascii: "a") + value - 10 }
}
