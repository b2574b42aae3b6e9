internal import AurelisJSON

/// Reads the text of a stream whose chunks may end inside a character.
///
/// A server that cuts its text by UTF-16 units sends `"\ud83d"` in one chunk and `"\ude00"` in the next. Neither is a
/// character; together they are one.
struct ChunkTextReader: Sendable {
    /// The first half of a surrogate pair, still escaped, in which the text ends so far.
    private var half: [UInt8] = []

    /// Whether the next chunk's text begins with the other half of a character.
    var isInsideCharacter: Bool { !half.isEmpty }

    /// The text that a chunk completes: with the half of a character before it, without the half that it ends in.
    mutating func read(_ content: JSONValue?) -> String {
        guard let content, content.kind == .string, content.raw.count > 2 else { return "" }
        let escaped = content.raw.dropFirst().dropLast()
        let open = escaped.endsInHighSurrogate ? 6 : 0
        if half.isEmpty, open == 0 { return content.string ?? "" }
        let whole = [UInt8(ascii: "\"")] + half + escaped.dropLast(open) + [UInt8(ascii: "\"")]
        half = Array(escaped.suffix(open))
        return (try? JSONDocument(whole, limits: .response))?.root.string ?? ""
    }

    /// Some text in JSON, and behind it the half of a character that was read last: the next chunk brings the other.
    func content(_ text: [UInt8]) -> JSONFragment {
        let plain = JSONFragment.string(String(decoding: text, as: UTF8.self))
        guard isInsideCharacter else { return plain }
        let longer = plain.bytes.dropLast() + half + [UInt8(ascii: "\"")]
        return (try? JSONFragment(validating: Array(longer), limits: .response)) ?? plain
    }
}

extension ArraySlice<UInt8> {
    /// Whether an escaped text ends in `\ud800` to `\udbff`.
    fileprivate var endsInHighSurrogate: Bool {
        guard count >= 6 else { return false }
        let escape = endIndex - 6
        guard self[escape] == UInt8(ascii: "\\"), self[escape + 1] == UInt8(ascii: "u") else { return false }
        guard self[escape + 2] | 0x20 == UInt8(ascii: "d"), "89abAB".utf8.contains(self[escape + 3]) else {
            return false
        }
        // Of two backslashes the second begins no escape.
        return self[..<escape].reversed().prefix { $0 == UInt8(ascii: "\\") }.count.isMultiple(of: 2)
    }
}
