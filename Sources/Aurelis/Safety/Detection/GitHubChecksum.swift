/// The checksum that GitHub's classic tokens end with: the CRC-32 of what stands before it, in base 62.
package enum GitHubChecksum {
    /// Whether the last six of some characters are the checksum of those before.
    static func holds(_ body: UnsafeBufferPointer<UInt8>) -> Bool {
        guard body.count > 6 else { return false }
        var rest = checksum(body[..<(body.count - 6)])
        for index in (body.count - 6..<body.count).reversed() {
            guard digits[Int(rest % 62)] == body[index] else { return false }
            rest /= 62
        }
        return true
    }

    /// The six characters for some text.
    package static func suffix(of text: String) -> String {
        var rest = checksum(Array(text.utf8)[...])
        var suffix: [UInt8] = []
        for _ in 0..<6 {
            suffix.append(digits[Int(rest % 62)])
            rest /= 62
        }
        return String(decoding: suffix.reversed(), as: UTF8.self)
    }

    private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    private static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var sum = UInt32.max
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 0 ? sum >> 1 : sum >> 1 ^ 0xEDB8_8320 }
        }
        return ~sum
    }
}
