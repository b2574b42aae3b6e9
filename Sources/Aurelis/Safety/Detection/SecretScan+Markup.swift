/// Values between tags: `<password>…</password>`, `<string name="api_key">…</string>`, and those of property lists,
/// `<key>ApiKey</key><string>…</string>`.
extension SecretScan {
    /// Longer values are data.
    private static let longestValue = 512
    private static let longestName = 64

    /// Looks at the `</` of a closing tag.
    mutating func lookAtClosingTag(_ index: Int) {
        let start = index + 2
        var end = start
        let stop = min(text.count, start + SecretScan.longestName)
        while end < stop, text.isIn(.token, end) || ".:".utf8.contains(text[end]) { end += 1 }
        work += end - index
        guard end < text.count, text[end] == UInt8(ascii: ">") else { return }
        if SecretName.mayEnd(text, end), let name = SecretName(text, endingAt: end), name.range.lowerBound >= start {
            guard let value = value(before: index) else { return }
            judge(markup: value, name)
        } else if text.has("string", at: start), end - start == 6 {
            lookAtString(endingAt: index)
        }
    }

    /// Looks at the value of a `<string>`, whose name is an attribute or stands before it.
    private mutating func lookAtString(endingAt index: Int) {
        guard let value = value(before: index) else { return }
        var end = value.open
        if text.has("<string", at: end - 7) {
            end -= 7
            let floor = max(0, end - SecretScan.longestName)
            while end > floor, text[end - 1] <= 0x20 { end -= 1 }
            guard text.has("</key>", at: end - 6) else { return }
            end -= 6
        } else {
            // `name="api_key">`
            guard end > 0, text.isIn(.quote, end - 1) else { return }
            end -= 1
        }
        guard SecretName.mayEnd(text, end), let name = SecretName(text, endingAt: end) else { return }
        judge(markup: value, name)
    }

    private mutating func judge(markup value: (open: Int, range: Range<Int>), _ name: SecretName) {
        guard name.meaning == .password || name.meaning == .key else { return }
        if let match = token(at: value.range.lowerBound) { return add(match) }
        if value.range.contains(where: { text[$0] <= 0x20 }) {
            guard name.meaning == .password, Passphrase.isOne(text, value.range) else { return }
            return add(SecretMatch(value.range.lowerBound, value.range.upperBound, .literal, certainty: 1))
        }
        judge(value.range, isQuoted: true, name)
    }

    /// The text between the end of an opening tag and a place, without the white space around it, and where that tag ends.
    private mutating func value(before index: Int) -> (open: Int, range: Range<Int>)? {
        var open = index
        let floor = max(0, index - SecretScan.longestValue)
        // A tag's end is never passed, so that no byte is looked at for more than the one behind it.
        while open > floor, text[open - 1] != UInt8(ascii: ">"), text[open - 1] != UInt8(ascii: "<") { open -= 1 }
        work += index - open
        guard open > floor, text[open - 1] == UInt8(ascii: ">") else { return nil }
        var (start, end) = (open, index)
        while start < end, text[start] <= 0x20 { start += 1 }
        while end > start, text[end - 1] <= 0x20 { end -= 1 }
        return start < end ? (open - 1, start..<end) : nil
    }
}
