/// The slot of a cluster, 0 to 16383, that a key lives in.
package struct RedisKeySlot: RawRepresentable, Sendable, Hashable {
    /// How many there are.
    package static let count: UInt16 = 16_384

    /// The slot's number.
    package let rawValue: UInt16

    /// A slot by its number; nil beyond the last one.
    package init?(rawValue: UInt16) {
        guard rawValue < Self.count else { return nil }
        self.rawValue = rawValue
    }

    /// The slot of a key. Only what is between the first `{` and the next `}` counts, unless that is nothing.
    package init(key: [UInt8]) {
        var hashed = key[...]
        if let open = key.firstIndex(of: UInt8(ascii: "{")),
            let close = key[(open + 1)...].firstIndex(of: UInt8(ascii: "}")), close > open + 1
        {
            hashed = key[(open + 1)..<close]
        }
        rawValue = Self.checksum(hashed) % Self.count
    }

    /// CRC-16/XMODEM.
    static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt16 {
        bytes.reduce(0) { crc, byte in crc << 8 ^ table[Int(UInt8(crc >> 8) ^ byte)] }
    }

    private static let table: [UInt16] = (0..<256).map { (index: UInt16) in
        (0..<8).reduce(index << 8) { crc, _ in crc & 0x8000 == 0 ? crc << 1 : crc << 1 ^ 0x1021 }
    }
}
