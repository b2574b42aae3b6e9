/// The simulator's own tokens, near enough to a real vocabulary for limits and usage to feel right.
///
/// A token is, with at most one space in front: up to six ASCII letters or digits; one other ASCII character; up to
/// three bytes' worth of other scripts, whole characters. Line breaks in a row are one token, and so is the indentation behind
/// them. English prose comes to about 4.5 bytes a token. The tokens of a text joined are the text.
enum SimpleTokenizer {
    /// The number of tokens.
    static func count(_ text: String) -> Int {
        var count = 0
        forEachEnd(in: text) { _ in
            count += 1
            return true
        }
        return count
    }

    /// The tokens in order.
    static func tokens(_ text: String) -> [Substring] {
        var tokens: [Substring] = []
        var start = text.startIndex
        forEachEnd(in: text) { end in
            let next = text.utf8.index(text.utf8.startIndex, offsetBy: end)
            tokens.append(text[start..<next])
            start = next
            return true
        }
        return tokens
    }

    /// The first tokens of a text, and how many there are of them.
    static func prefix(_ text: String, tokens limit: Int) -> (text: String, count: Int, isWhole: Bool) {
        guard limit > 0 else { return ("", 0, text.isEmpty) }
        var count = 0
        var length = 0
        forEachEnd(in: text) { end in
            count += 1
            length = end
            return count < limit
        }
        let end = text.utf8.index(text.utf8.startIndex, offsetBy: length)
        return (String(text[..<end]), count, end == text.endIndex)
    }

    /// Calls `body` with the end of each token, as an offset in UTF-8, until it says to stop.
    private static func forEachEnd(in text: String, _ body: (Int) -> Bool) {
        var text = text
        text.withUTF8 { bytes in
            var index = 0
            while index < bytes.count {
                index = end(of: bytes, from: index)
                guard body(index) else { return }
            }
        }
    }

    private static func end(of bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var index = start
        if isLineBreak(bytes[index]) { return run(in: bytes, from: index, while: isLineBreak) }
        if bytes[index] == UInt8(ascii: " ") {
            let spaces = run(in: bytes, from: index) { $0 == UInt8(ascii: " ") }
            // One space belongs to the word behind it; more are indentation, less the word's own.
            if spaces == bytes.count { return spaces }
            if spaces - index > 1 { return isLineBreak(bytes[spaces]) ? spaces : spaces - 1 }
            index = spaces
            if isLineBreak(bytes[index]) { return index }
        }
        if isWord(bytes[index]) {
            let limit = index + 6
            while index < bytes.count, index < limit, isWord(bytes[index]) { index += 1 }
            // A rest of one letter is no token of its own.
            let isRestOfOne =
                index < bytes.count && isWord(bytes[index]) && (index + 1 == bytes.count || !isWord(bytes[index + 1]))
            return isRestOfOne ? index + 1 : index
        }
        guard bytes[index] >= 0x80 else { return index + 1 }
        var end = index
        repeat {
            end += 1
            while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
        } while end < bytes.count && bytes[end] >= 0x80 && end - index < 3
        return end
    }

    private static func run(
        in bytes: UnsafeBufferPointer<UInt8>,
        from start: Int,
        while condition: (UInt8) -> Bool
    ) -> Int {
        var index = start
        while index < bytes.count, condition(bytes[index]) { index += 1 }
        return index
    }

    private static func isLineBreak(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
