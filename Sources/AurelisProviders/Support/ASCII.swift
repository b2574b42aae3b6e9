/// Bytes of plain English text.
enum ASCII {
    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39) ~= byte }

    static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A) ~= byte | 0x20 }

    /// A letter in lower case; any other byte as it is.
    static func lowered(_ byte: UInt8) -> UInt8 { (0x41...0x5A) ~= byte ? byte | 0x20 : byte }
}

extension StringProtocol {
    /// Whether the texts are the same but for the case of English letters. Allocates nothing.
    func equalsIgnoringCase(_ other: some StringProtocol) -> Bool {
        utf8.count == other.utf8.count && zip(utf8, other.utf8).allSatisfy { ASCII.lowered($0) == ASCII.lowered($1) }
    }

    /// The text without white space at its ends.
    var trimmed: SubSequence {
        var rest = self[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return rest
    }
}
