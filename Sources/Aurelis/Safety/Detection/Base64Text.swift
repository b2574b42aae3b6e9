/// Reads base64 of either alphabet, with or without its padding.
enum Base64Text {
    /// What a range stands for; nil when it is not base64, or longer than anything that is worth reading.
    static func decoded(_ text: SecretText, _ range: Range<Int>) -> [UInt8]? {
        guard range.count <= 2_048 else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(range.count * 3 / 4)
        var bits: UInt32 = 0
        var count = 0
        for index in range {
            let byte = text[index]
            guard let sextet = value(byte) else {
                guard byte == UInt8(ascii: "=") else { return nil }
                break
            }
            bits = bits << 6 | sextet
            count += 6
            if count >= 8 {
                count -= 8
                output.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return output
    }

    private static func value(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
