internal import AurelisJSON

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

    /// Whether a JSON document holds this secret in any spelling of its texts, such as `\/` or `\u0073`.
    func isSpelled(in body: [UInt8]) -> Bool {
        guard body.contains(UInt8(ascii: "\\")), let document = try? JSONDocument(body, limits: .response) else {
            return false
        }
        return isSpelled(in: document.root)
    }

    private func isSpelled(in value: JSONValue) -> Bool {
        switch value.kind {
        case .string: value.string.map { redacted($0) != $0 } ?? false
        case .array: value.elements.contains { isSpelled(in: $0) }
        case .object: value.members.contains { redacted($0.key) != $0.key || isSpelled(in: $0.value) }
        default: false
        }
    }
}
