extension Secret {
    /// Shorter ones are words such as `ollama` or `none`, put where a key is demanded; taking them out of a message
    /// would hide nothing and garble much.
    static let shortestRedacted = 8

    /// The bytes, with every occurrence of this secret replaced by `[secret]`.
    func redacted(_ bytes: [UInt8]) -> [UInt8] {
        withBytes { secret in
            guard secret.count >= Secret.shortestRedacted, bytes.count >= secret.count else { return bytes }
            var result: [UInt8] = []
            var copied = 0
            var position = 0
            while position <= bytes.count - secret.count {
                guard bytes[position] == secret[0], bytes[position...].starts(with: secret) else {
                    position += 1
                    continue
                }
                result += bytes[copied..<position]
                result += "[secret]".utf8
                position += secret.count
                copied = position
            }
            return copied == 0 ? bytes : result + bytes[copied...]
        }
    }

    /// The text, with every occurrence of this secret replaced by `[secret]`.
    func redacted(_ text: String) -> String {
        String(decoding: redacted(Array(text.utf8)), as: UTF8.self)
    }
}
