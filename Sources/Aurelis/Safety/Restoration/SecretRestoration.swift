internal import AurelisJSON

/// Which credential each placeholder of a request stands for, so that its answer can have it back.
struct SecretRestoration: Sendable {
    private let values: [(placeholder: [UInt8], value: String)]

    /// What stands for what.
    init(_ values: [String: [UInt8]]) {
        self.values = values.map { (Array($0.key.utf8), String(decoding: $0.value, as: UTF8.self)) }
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
        while let found = next(in: bytes[index...]) {
            guard case .whole(let place, let value, let length) = found else { break }
            let spelling: Spelling = document.root.path(to: place).hasSuffix(".arguments") ? .jsonInJSON : .json
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
            let rest = text[place...]
            for (placeholder, value) in values {
                if rest.starts(with: placeholder) { return .whole(place, value: value, length: placeholder.count) }
                if rest.count < placeholder.count, placeholder.starts(with: rest) { return .beginning(place) }
            }
        }
        return nil
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
