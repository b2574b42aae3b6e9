/// Bytes of plain English text.
enum ASCII {
    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39) ~= byte }

    static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A) ~= byte | 0x20 }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D) ~= byte }

    /// A letter in lower case; any other byte as it is.
    static func lowered(_ byte: UInt8) -> UInt8 { (0x41...0x5A) ~= byte ? byte | 0x20 : byte }

    /// Whether the bytes are the same but for the case of letters.
    static func areEqual(_ one: UnsafeBufferPointer<UInt8>, _ other: UnsafeBufferPointer<UInt8>) -> Bool {
        guard one.count == other.count else { return false }
        return one.indices.allSatisfy { one[$0] == other[$0] || lowered(one[$0]) == lowered(other[$0]) }
    }
}

extension StringProtocol {
    /// Whether the texts are the same but for the case of English letters. Allocates nothing.
    func equalsIgnoringCase(_ other: some StringProtocol) -> Bool {
        // Nearly every text is in one piece, and then this is several times faster.
        let inOnePiece = utf8.withContiguousStorageIfAvailable { one in
            other.utf8.withContiguousStorageIfAvailable { ASCII.areEqual(one, $0) }
        }
        if let isEqual = inOnePiece ?? nil { return isEqual }
        return utf8.elementsEqual(other.utf8) { ASCII.lowered($0) == ASCII.lowered($1) }
    }

    /// The text without ASCII's white space at its ends.
    var trimmed: SubSequence {
        let bytes = utf8
        var start = bytes.startIndex
        var end = bytes.endIndex
        while start < end, ASCII.isSpace(bytes[start]) { start = bytes.index(after: start) }
        while start < end, ASCII.isSpace(bytes[bytes.index(end, offsetBy: -1)]) { end = bytes.index(end, offsetBy: -1) }
        return self[start..<end]
    }
}
