internal import AurelisJSON

/// Which credential each placeholder of a request stands for, so that its answer can have it back.
struct SecretRestoration: Sendable {
    private let values: [[UInt8]: String]
    private let longest: Int

    private static let opening = Array(BodyRedaction.opening.utf8)

    /// What stands for what.
    init(_ values: [String: [UInt8]]) {
        let pairs = values.map { (Array($0.key.utf8), String(decoding: $0.value, as: UTF8.self)) }
        self.values = Dictionary(pairs) { first, _ in first }
        longest = values.keys.map(\.utf8.count).max() ?? 0
    }

    /// How a text is written.
    enum Spelling {
        case plain
        /// As the inside of a JSON string.
        case json
        /// As the inside of a JSON string that is itself in one: the arguments of a tool call.
        case jsonInJSON
    }

    /// A whole answer with its credentials.
    func restored(_ document: JSONDocument) -> JSONDocument {
        let bytes = document.bytes
        var output: [UInt8] = []
        var index = 0
        var places = JSONPlaces(document.root)
        while let found = next(in: bytes[index...]) {
            guard case .whole(let place, let value, let length) = found else { break }
            let spelling: Spelling = places.place(of: place).hasSuffix(".arguments") ? .jsonInJSON : .json
            output += bytes[index..<place]
            output += Self.spelled(value, spelling)
            index = place + length
        }
        guard index > 0 else { return document }
        return (try? JSONDocument(output + bytes[index...], limits: .response)) ?? document
    }

    /// A piece of text with its credentials, and its end that may be the beginning of a placeholder.
    func restored(_ text: String, _ spelling: Spelling) -> (text: String, held: String) {
        let bytes = Array(text.utf8)
        var output: [UInt8] = []
        var index = 0
        while let found = next(in: bytes[index...]) {
            switch found {
            case .whole(let place, let value, let length):
                output += bytes[index..<place]
                output += Self.spelled(value, spelling)
                index = place + length
            case .beginning(let place):
                output += bytes[index..<place]
                return (String(decoding: output, as: UTF8.self), String(decoding: bytes[place...], as: UTF8.self))
            }
        }
        return (String(decoding: output + bytes[index...], as: UTF8.self), "")
    }

    private enum Occurrence {
        case whole(Int, value: String, length: Int)
        /// The text ends within it.
        case beginning(Int)
    }

    private func next(in text: ArraySlice<UInt8>) -> Occurrence? {
        for place in text.indices where text[place] == UInt8(ascii: "[") {
            // One look at each, however many there are: a request may hold thousands.
            let candidate = text[place...].prefix(longest)
            let inside = candidate.prefix { $0 != UInt8(ascii: "]") }
            if inside.endIndex < candidate.endIndex {
                let placeholder = Array(candidate[...inside.endIndex])
                if let value = values[placeholder] { return .whole(place, value: value, length: placeholder.count) }
            } else if candidate.endIndex == text.endIndex, candidate.count < longest, mayBegin(candidate) {
                return .beginning(place)
            }
        }
        return nil
    }

    /// Whether a text may be the beginning of a placeholder; what is not one after all is only late.
    private func mayBegin(_ text: ArraySlice<UInt8>) -> Bool {
        let opening = Self.opening
        guard text.count > opening.count else { return opening.starts(with: text) }
        return text.starts(with: opening)
            && text.dropFirst(opening.count).allSatisfy { byte in
                byte.isSmall || byte.isDigit || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ":")
            }
    }

    private static func spelled(_ value: String, _ spelling: Spelling) -> [UInt8] {
        func escaped(_ text: String) -> [UInt8] { Array(JSONFragment.string(text).bytes.dropFirst().dropLast()) }
        return switch spelling {
        case .plain: Array(value.utf8)
        case .json: escaped(value)
        case .jsonInJSON: escaped(String(decoding: escaped(value), as: UTF8.self))
        }
    }
}
