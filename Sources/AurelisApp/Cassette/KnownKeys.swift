/// Blanks out what has the shape of a key that providers give out, for texts that are kept for people.
///
///     KnownKeys.blanked("use sk-abcdefghijklmnopqrstuvwx")   // use sk-[redacted]
enum KnownKeys {
    private static let prefixes = [
        "sk-", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "xoxb-", "xoxp-", "xapp-", "AKIA", "ASIA", "AIza",
        "glpat-", "hf_", "gsk_", "npm_", "pypi-", "Bearer ",
    ].map { Array($0.utf8) }

    /// What follows a prefix is a key from this length on.
    private static let shortest = 16

    static func blanked(_ text: String) -> String {
        guard text.utf8.count > shortest else { return text }
        let bytes = Array(text.utf8)
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            guard let (prefix, end) = key(in: bytes, at: index) else {
                output.append(bytes[index])
                index += 1
                continue
            }
            output += prefix
            output += "[redacted]".utf8
            index = end
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func key(in bytes: [UInt8], at index: Int) -> (prefix: [UInt8], end: Int)? {
        // Inside a word a prefix is none.
        if index > 0, isKeyByte(bytes[index - 1]) { return nil }
        for prefix in prefixes where bytes[index] == prefix[0] && bytes[index...].starts(with: prefix) {
            let start = index + prefix.count
            let end = bytes[start...].firstIndex { !isKeyByte($0) } ?? bytes.count
            if end - start >= shortest { return (prefix, end) }
        }
        return nil
    }

    private static func isKeyByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
