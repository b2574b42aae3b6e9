/// How a vocabulary's texts are cut into words before their bytes are joined to tokens.
///
/// The patterns are regular expressions by definition. Written out as scanners they take one look ahead, and no text
/// makes them slow.
public enum TokenPattern: String, Sendable, Hashable, CaseIterable {
    /// That of `cl100k_base`: GPT-4, GPT-3.5 and the embedding models.
    case cl100k = "cl100k_base"
    /// That of `o200k_base`: GPT-4o and later.
    case o200k = "o200k_base"

    /// Where the word that begins at a place ends.
    func end(of start: Int, in text: ScalarText) -> Int {
        switch self {
        case .cl100k:
            Self.contraction(start, text) ?? Self.word(start, text) ?? Self.number(start, text)
                ?? Self.punctuation(start, text, swallowing: nil) ?? Self.space(start, text, toEnd: true)
        case .o200k:
            Self.casedWord(start, text) ?? Self.number(start, text)
                ?? Self.punctuation(start, text, swallowing: 0x2F) ?? Self.space(start, text, toEnd: false)
        }
    }

    /// `'s`, `'t`, `'re`, `'ve`, `'m`, `'ll` or `'d`, in any case.
    private static func contraction(_ start: Int, _ text: ScalarText) -> Int? {
        guard text.value(start) == 0x27, let first = lowercase(text.value(start + 1)) else { return nil }
        if ["s", "d", "m", "t"].contains(first) { return start + 2 }
        guard let second = lowercase(text.value(start + 2)) else { return nil }
        switch (first, second) {
        case ("l", "l"), ("v", "e"), ("r", "e"): return start + 3
        default: return nil
        }
    }

    private static func lowercase(_ value: UInt32?) -> Unicode.Scalar? {
        guard let value else { return nil }
        // Regular expressions that ignore case take the long s for an s.
        if value == 0x17F { return "s" }
        return Unicode.Scalar((0x41...0x5A).contains(value) ? value + 0x20 : value)
    }

    /// Letters, and one character before them that is neither letter, number nor end of line.
    private static func word(_ start: Int, _ text: ScalarText) -> Int? {
        var end = start
        if text[end]?.isPrefix == true { end += 1 }
        let first = end
        while text[end]?.isLetter == true { end += 1 }
        return end > first ? end : nil
    }

    /// A word that begins with capitals at most, or consists of them, with its contraction.
    private static func casedWord(_ start: Int, _ text: ScalarText) -> Int? {
        let starts = text[start]?.isPrefix == true ? [start + 1, start] : [start]
        for first in starts {
            if let end = mixedWord(first, text) { return contraction(end, text) ?? end }
        }
        for first in starts {
            if let end = capitals(first, text) { return contraction(end, text) ?? end }
        }
        return nil
    }

    /// Capitals and letters without case, then at least one letter that is no capital.
    private static func mixedWord(_ start: Int, _ text: ScalarText) -> Int? {
        var end = start
        /// The last place at which the capitals may have ended.
        var lastTail: Int?
        while let kind = text[end], kind.isHead {
            if kind.isTail { lastTail = end }
            end += 1
        }
        guard text[end]?.isTail == true else { return lastTail.map { $0 + 1 } }
        while text[end]?.isTail == true { end += 1 }
        return end
    }

    private static func capitals(_ start: Int, _ text: ScalarText) -> Int? {
        var end = start
        while text[end]?.isHead == true { end += 1 }
        guard end > start else { return nil }
        while text[end]?.isTail == true { end += 1 }
        return end
    }

    /// Up to three digits.
    private static func number(_ start: Int, _ text: ScalarText) -> Int? {
        var end = start
        while end < start + 3, text[end] == .number { end += 1 }
        return end > start ? end : nil
    }

    /// What is neither letter, number nor space, with a space before it and the ends of lines after it.
    private static func punctuation(_ start: Int, _ text: ScalarText, swallowing extra: UInt32?) -> Int? {
        func isPunctuation(_ index: Int) -> Bool {
            guard let kind = text[index] else { return false }
            return !kind.isSpace && !kind.isLetter && kind != .number
        }
        var end = text.value(start) == 0x20 ? start + 1 : start
        guard isPunctuation(end) else { return nil }
        while isPunctuation(end) { end += 1 }
        while text[end] == .lineEnd || (extra != nil && text.value(end) == extra) { end += 1 }
        return end
    }

    /// Spaces: to the last end of a line among them, or without the one that belongs to the next word.
    private static func space(_ start: Int, _ text: ScalarText, toEnd: Bool) -> Int {
        var end = start
        var lastLineEnd: Int?
        while let kind = text[end], kind.isSpace {
            if kind == .lineEnd { lastLineEnd = end }
            end += 1
        }
        let endsText = end == text.count
        if toEnd, endsText { return max(end, start + 1) }
        if let lastLineEnd { return lastLineEnd + 1 }
        if endsText { return max(end, start + 1) }
        return max(end - 1, start + 1)
    }
}
