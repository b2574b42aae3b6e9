/// Texts as YAML reads them back.
package enum YAMLScalar {
    /// Plain where that is unmistakable, else in double quotes.
    package static func text(_ text: String) -> String {
        let isWord = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        let meansOtherwise = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(text.lowercased())
        if isWord, !meansOtherwise, text.first?.isLetter == true { return text }
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": escaped += "\\\""
            case "\\": escaped += "\\\\"
            // Line breaks to YAML, and invisible to everybody else.
            case "\u{2028}": escaped += "\\L"
            case "\u{2029}": escaped += "\\P"
            case _ where scalar.properties.generalCategory == .control:
                let digits = String(scalar.value, radix: 16)
                escaped += "\\x" + String(repeating: "0", count: 2 - digits.count) + digits
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return "\"\(escaped)\""
    }

    /// A text as one line of a comment.
    package static func comment(_ text: String) -> String {
        String(
            text.unicodeScalars.map { scalar in
                let breaks =
                    scalar.properties.generalCategory == .control || scalar == "\u{2028}" || scalar == "\u{2029}"
                return breaks ? " " : Character(scalar)
            }
        )
    }
}
