/// Models by their name, or by how it begins: `gpt-4o`, `codestral*`, `openai/*`.
///
/// Upper and lower case do not differ. A name means a model by all of its names, so `openai/gpt-4o` is `gpt-4o`.
package struct ModelPattern: Sendable, Hashable, Codable, CustomStringConvertible {
    /// As it was written.
    package let description: String
    /// What a name is compared with, in lower case.
    private let stem: String
    private let isPrefix: Bool

    /// Reads a pattern; nil for an empty one, or one with a `*` that is not its end.
    package init?(_ text: String) {
        guard !text.isEmpty, text.utf8.count <= 256, text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            return nil
        }
        description = text
        isPrefix = text.hasSuffix("*")
        let name = isPrefix ? String(text.dropLast()) : text
        guard !name.contains("*") else { return nil }
        stem = isPrefix ? name.lowercased() : ModelID(name).canonical
    }

    /// Whether a model of this name is meant.
    package func matches(_ name: String) -> Bool {
        var rest = name.utf8.makeIterator()
        for byte in stem.utf8 {
            guard let other = rest.next() else { return false }
            // What lowercasing does beyond ASCII, no model's name needs.
            guard byte == (other &- 0x41 < 26 ? other | 0x20 : other) else { return false }
        }
        return isPrefix || rest.next() == nil
    }

    /// Reads a pattern.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let pattern = ModelPattern(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a model's name")
        }
        self = pattern
    }

    /// Writes it as it was written.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
