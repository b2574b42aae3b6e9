/// The scalars that a JSON string stands for, read from its bytes as they are written; the string is known to be valid.
struct JSONStringScalars {
    private let bytes: ArraySlice<UInt8>
    private var index: Int
    private let readsEscapes: Bool

    init(_ bytes: ArraySlice<UInt8>, readsEscapes: Bool = true) {
        self.bytes = bytes
        self.readsEscapes = readsEscapes
        index = bytes.startIndex
    }

    /// The next scalar; of a surrogate pair the two halves make one.
    mutating func next() -> UInt32? {
        guard let byte = take() else { return nil }
        guard byte != UInt8(ascii: "\\") || !readsEscapes else { return escaped() }
        return byte < 0x80 ? UInt32(byte) : long(byte)
    }

    private mutating func take() -> UInt8? {
        guard index < bytes.endIndex else { return nil }
        defer { index += 1 }
        return bytes[index]
    }

    private mutating func long(_ first: UInt8) -> UInt32 {
        let count = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1
        var scalar = UInt32(first & (0x3F >> UInt8(count)))
        for _ in 0..<count { scalar = scalar << 6 | UInt32((take() ?? 0) & 0x3F) }
        return scalar
    }

    private mutating func escaped() -> UInt32 {
        switch take() {
        case UInt8(ascii: "n"), UInt8(ascii: "r"): return 0x0A
        case UInt8(ascii: "t"): return 0x20
        case UInt8(ascii: "b"), UInt8(ascii: "f"): return 0x20
        case UInt8(ascii: "u"):
            let unit = hexadecimal()
            guard unit & 0xFC00 == 0xD800, bytes[index...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) else {
                return unit
            }
            index += 2
            return 0x10000 + (unit & 0x3FF) << 10 + hexadecimal() & 0x3FF
        case let other: return UInt32(other ?? 0x20)
        }
    }

    private mutating func hexadecimal() -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            let byte = take() ?? 0x30
            value = value << 4 | UInt32(byte < 0x3A ? byte & 0x0F : (byte & 0x0F) + 9)
        }
        return value
    }
}
