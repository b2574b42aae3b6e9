/// A text with blanks: `{{name}}`, with or without spaces inside.
///
///     let template = PromptTemplate("Translate to {{language}}: {{ input }}")
///     template.variables                                      // ["language", "input"]
///     template.filled(["language": "Latin", "input": "hi"])   // "Translate to Latin: hi"
///
/// What is filled in is not looked at again: braces in it are text.
struct PromptTemplate: Sendable, Hashable {
    private enum Piece: Hashable {
        case text(String)
        case blank(String)
    }

    private var pieces: [Piece] = []

    init(_ text: String) {
        var rest = Substring(text)
        var plain = ""
        while let open = rest.firstRange(of: "{{") {
            plain += rest[..<open.lowerBound]
            let inner = rest[open.upperBound...]
            guard let close = inner.firstRange(of: "}}"), let name = Self.name(inner[..<close.lowerBound]) else {
                // Not a blank: other formats mean something by such braces.
                plain += "{"
                rest = rest[open.lowerBound...].dropFirst()
                continue
            }
            if !plain.isEmpty { pieces.append(.text(plain)) }
            plain = ""
            pieces.append(.blank(name))
            rest = inner[close.upperBound...]
        }
        plain += rest
        if !plain.isEmpty { pieces.append(.text(plain)) }
    }

    /// The names of the blanks, in their order.
    var variables: [String] {
        pieces.compactMap { if case .blank(let name) = $0 { name } else { nil } }
    }

    /// The text; a blank without a value stays one.
    func filled(_ values: [String: String]) -> String {
        pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .blank(let name): values[name] ?? "{{\(name)}}"
            }
        }.joined()
    }

    private static func name(_ text: Substring) -> String? {
        var name = text
        while name.first == " " { name.removeFirst() }
        while name.last == " " { name.removeLast() }
        return PromptVariable.isName(String(name)) ? String(name) : nil
    }
}

/// A variable of a prompt on a command line: `name=value`.
package enum PromptVariable {
    /// Whether a blank can have this name.
    package static func isName(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.count <= 64 else { return false }
        return text.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "_" || $0 == "-" || $0 == "."
        }
    }

    /// Name and value; nil for what is none.
    package static func parse(_ text: String) -> (name: String, value: String)? {
        guard let equals = text.firstIndex(of: "=") else { return nil }
        let name = String(text[..<equals])
        guard isName(name) else { return nil }
        return (name, String(text[text.index(after: equals)...]))
    }
}
