/// Values with a name that promises a secret, however it is written: `name = "value"`, `"name": "value"`, `NAME=value`.
extension SecretScan {
    /// Longer values are data.
    private static let longestValue = 512

    /// Looks at an equals sign.
    mutating func lookAtAssignment(_ index: Int) {
        // Of `==` and `=>` the last sign counts.
        var start = index + 1
        if start < text.count, text[start] == UInt8(ascii: "=") { return }
        if start < text.count, text[start] == UInt8(ascii: ">") || text[start] == UInt8(ascii: "~") { start += 1 }
        var end = index
        while end > 0, index - end < 3, text.isIn(.sign, end - 1) { end -= 1 }
        lookAtValue(from: start, nameEnd: end, isColon: false)
    }

    /// Looks at a colon that belongs to no `://`.
    ///
    /// Short, so that the colons of JSON cost little: most stand behind a name that promises nothing.
    @inline(__always)
    mutating func lookAtColon(_ index: Int) {
        guard index > 0, index &+ 1 < text.count else { return }
        let isBehindQuote = text[index &- 1] == UInt8(ascii: "\"")
        if isBehindQuote, !mayBeNamed(index &- 1) { return }
        lookAtColon(index, isBehindQuote: isBehindQuote)
    }

    /// Whether what ends before a place may be a name that promises a secret, or is no plain name.
    @inline(__always)
    private func mayBeNamed(_ end: Int) -> Bool {
        end == 0 || !text.isIn(.alphanumeric, end &- 1) || SecretName.mayEnd(text, end)
    }

    @inline(never)
    private mutating func lookAtColon(_ index: Int, isBehindQuote: Bool) {
        let next = text[index + 1]
        // `:=` and `::` are looked at from their other end, or not at all.
        guard next != UInt8(ascii: "="), next != UInt8(ascii: ":") else { return }
        if text[index - 1].isDigit {
            if next == UInt8(ascii: "A") { lookAtTelegram(index) }
            return
        }
        // `user:password`, behind an option.
        if next > 0x20, !text.isIn(.ending, index - 1), !text.isIn(.quote, index + 1) { lookAtUserArgument(index) }
        var end = index
        if end > 1, text[end - 1] == 0x20 { end -= 1 }
        if end > 1, text[end - 1] == UInt8(ascii: "\"") { end -= 1 }
        guard mayBeNamed(end) else { return }
        lookAtValue(from: index + 1, nameEnd: index, isColon: true)
    }

    private mutating func lookAtValue(from start: Int, nameEnd: Int, isColon: Bool) {
        var end = nameEnd
        let floor = max(0, end - 6)
        while end > floor, text.isIn(.joint, end - 1) { end -= 1 }
        guard let name = name(endingAt: end, isColon: isColon) else { return }
        var start = start
        let limit = min(text.count, start + 8)
        while start < limit, text[start] == 0x20 || text[start] == 0x09 { start += 1 }
        work += start - nameEnd + name.range.count
        guard start < text.count else { return }
        judge(valueAt: start, name, isColon: isColon)
    }

    /// The name before a sign; before `=` it may have its type behind it: `password: String = `.
    private func name(endingAt end: Int, isColon: Bool) -> SecretName? {
        if SecretName.mayEnd(text, end) { return SecretName(text, endingAt: end) }
        guard !isColon, end > 3, text.isIn(.alphanumeric, end - 1) || text[end - 1] == UInt8(ascii: "?") else {
            return nil
        }
        let colon = SecretScan.endOfName(text, beforeType: end)
        return SecretName.mayEnd(text, colon) ? SecretName(text, endingAt: colon) : nil
    }

    /// Where the name before a type ends; 0 when nothing before a place is one: `: String?`, `: &'static str`.
    private static func endOfName(_ text: SecretText, beforeType end: Int) -> Int {
        var start = end
        let floor = max(1, end - 24)
        while start > floor, text.isIn(.alphanumeric, start - 1) || text.isTypeSign(start - 1) { start -= 1 }
        if text.has("&'static ", at: start - 9) { start -= 9 }
        while start > floor, text[start - 1] == 0x20 || text[start - 1] == UInt8(ascii: "&") { start -= 1 }
        guard text[start - 1] == UInt8(ascii: ":") else { return 0 }
        return start > 1 && text[start - 2] == UInt8(ascii: "?") ? start - 2 : start - 1
    }

    /// Looks at the value of a name that promises a secret.
    mutating func judge(valueAt start: Int, _ name: SecretName, isColon: Bool) {
        if name.meaning == .authorization { return lookAtCredentials(start) }
        if name.meaning == .signature { return isColon ? () : lookAtSignature(start) }
        guard let value = value(at: start) else {
            return name.meaning == .password ? lookAtPassphrase(start) : ()
        }
        work += value.range.count
        if let match = token(at: value.range.lowerBound) { return add(match) }
        judge(value.range, isQuoted: value.isQuoted, name)
    }

    /// Looks at a value, whose name is known.
    mutating func judge(_ range: Range<Int>, isQuoted: Bool, _ name: SecretName) {
        let judge = LiteralJudge(text, range, isQuoted: isQuoted)
        guard judge.isSecret(behind: name.meaning) else { return }
        add(SecretMatch(range.lowerBound, range.upperBound, judge.kind(behind: name), certainty: 1))
    }

    /// Looks at a quoted value that may have several words.
    private mutating func lookAtPassphrase(_ start: Int) {
        var start = start
        while start < text.count, text[start] == UInt8(ascii: "\\") { start += 1 }
        guard start < text.count, text.isIn(.quote, start) else { return }
        let quote = text[start]
        start += 1
        var end = start
        let stop = min(text.count, start + 160)
        while end < stop, text[end].isSmall || text[end] == 0x20 { end += 1 }
        work += end - start
        guard end < text.count, end > start, text[end] == quote || text[end] == UInt8(ascii: "\\"),
            Passphrase.isOne(text, start..<end)
        else { return }
        add(SecretMatch(start, end, .literal, certainty: 1))
    }

    private func value(at start: Int) -> (range: Range<Int>, isQuoted: Bool)? {
        var start = start
        // `b"…"`, `r'…'`, `@"…"`
        if start + 1 < text.count, text.isIn(.quote, start + 1), !text.isIn(.quote, start) {
            start += 1
        }
        // A text that was escaped once more has `\"` for a quote.
        while start < text.count, text[start] == UInt8(ascii: "\\") { start += 1 }
        guard start < text.count else { return nil }
        let first = text[start]
        guard text.isIn(.quote, start) else {
            let end = text.start(of: .ending, from: start, limit: SecretScan.longestValue)
            return unquoted(start, end)
        }
        start += 1
        var end = start
        let stop = min(text.count, start + SecretScan.longestValue)
        while end < stop, text[end] != first, text[end] > 0x20 { end += 1 }
        guard end < text.count, text[end] == first else { return nil }
        while end > start, text[end - 1] == UInt8(ascii: "\\") { end -= 1 }
        return end > start ? (start..<end, true) : nil
    }

    private func unquoted(_ start: Int, _ end: Int) -> (range: Range<Int>, isQuoted: Bool)? {
        // A call, a subscript or a type with parameters is no value.
        if end < text.count, "([{<|".utf8.contains(text[end]) { return nil }
        var end = end
        // `NAME=value=OTHER`: only padding may follow.
        if let sign = (start..<end).first(where: { text[$0] == UInt8(ascii: "=") }) {
            guard text[sign..<end].allSatisfy({ $0 == UInt8(ascii: "=") }) else { return nil }
        }
        // The end of a sentence.
        while end > start, ".:?".utf8.contains(text[end - 1]) { end -= 1 }
        let last = end
        while end > start, ".:!?".utf8.contains(text[end - 1]) { end -= 1 }
        if end < last, endsWithMark(start..<end) { end = last }
        return end > start ? (start..<end, false) : nil
    }

    /// Whether a `!` behind a value is its own, as in `Sommer2024!`. That of a sentence stands behind a word, and that of
    /// languages which unwrap with it behind a variable: `passwordField2!`.
    private func endsWithMark(_ value: Range<Int>) -> Bool {
        guard value.count >= 2 else { return false }
        if text[value.lowerBound].isCapital { return true }
        let isName = value.allSatisfy { text.isIn(.alphanumeric, $0) || "_.-".utf8.contains(text[$0]) }
        guard isName else { return true }
        return text[value.upperBound - 1].isDigit && text[value.upperBound - 2].isDigit
            && !value.contains { text[$0].isCapital }
    }

    private mutating func lookAtTelegram(_ index: Int) {
        var start = index
        while start > max(0, index - 11), text[start - 1].isDigit { start -= 1 }
        guard (8...10).contains(index - start), text.isBoundary(start), text.has("AA", at: index + 1) else { return }
        let end = text.end(of: .token, from: index + 1, limit: 36)
        work += end - start
        guard end - index == 36, Randomness(text, index + 1..<end).isToken else { return }
        add(SecretMatch(start, end, .telegramToken, certainty: 3))
    }
}

extension SecretText {
    fileprivate func isTypeSign(_ index: Int) -> Bool {
        self[index] == UInt8(ascii: "?") || self[index] == UInt8(ascii: ".")
    }

    fileprivate subscript(range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: base + range.lowerBound, count: range.count)
    }
}
