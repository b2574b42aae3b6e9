/// What may stand where the name of an environment variable is expected.
///
/// Whoever takes the name for the value writes a key there; so nothing that is no name is ever printed.
package enum VariableName {
    /// Whether a text has the form of a variable's name: letters, digits and `_`, no digit first.
    package static func isValid(_ text: String) -> Bool {
        guard let first = text.utf8.first, !isDigit(first) else { return false }
        return text.utf8.allSatisfy { isDigit($0) || isLetter($0) || $0 == UInt8(ascii: "_") }
    }

    /// What is wrong with a text that is none.
    package static let refusal = "must be the name of a variable (letters, digits and _), not a key itself"
    /// What to do then.
    package static let suggestion = "export the key as MY_API_KEY, for example, and name MY_API_KEY here"

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }
}
