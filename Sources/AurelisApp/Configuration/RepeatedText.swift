/// What a message may repeat of a text that stands in the wrong place: a secret may have come there by mistake, and messages
/// go to logs, to screens that others see, and over HTTP.
///
///     RepeatedText.value("high")              // "high", in quotes
///     RepeatedText.value("vK9$mQ2z!pL7")      // the 12 characters that stand there
///     RepeatedText.name("max_tokens")         // max_tokens
package enum RepeatedText {
    /// A value in quotes, when it is a word, a number or an amount; else how long it is.
    package static func value(_ text: String) -> String {
        isWord(text, digits: 0) || isAmount(text) ? "\"\(text)\"" : "the \(text.count) characters that stand there"
    }

    /// A name, when it is one; else `?`.
    package static func name(_ text: String) -> String { isWord(text, digits: 3) ? text : "?" }

    /// Whether a text is a word or a few: not every word is harmless, but what was drawn at random hardly ever is one.
    package static func isWord(_ text: String, digits: Int) -> Bool {
        let bytes = Array(text.utf8)
        let changes = changesOfCase(bytes)
        return bytes.count <= 40 && changes <= 3 && bytes.count(where: isDigit) <= (changes > 1 ? 0 : digits)
            && bytes.allSatisfy { isDigit($0) || isLetter($0) || "_-. ".utf8.contains($0) }
    }

    /// Whether it is a number, with or without a unit.
    private static func isAmount(_ text: String) -> Bool {
        let number = text.utf8.prefix { isDigit($0) || $0 == UInt8(ascii: ".") }
        let unit = text.utf8.dropFirst(number.count).drop { $0 == 0x20 }
        return (1...9).contains(number.count) && unit.count <= 3 && unit.allSatisfy(isLetter)
    }

    /// How often a capital follows a small letter: names in camel case have few.
    private static func changesOfCase(_ bytes: [UInt8]) -> Int {
        zip(bytes, bytes.dropFirst()).count { isLetter($0) && $0 & 0x20 != 0 && isLetter($1) && $1 & 0x20 == 0 }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) && byte < 0x80
    }
}
