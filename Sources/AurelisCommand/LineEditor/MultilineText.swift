/// Texts of several lines, typed one after another: a line that ends in a backslash goes on in the next one, and between
/// two `"""` everything is text.
///
///     MultilineText.isOpen("first \\")               // true
///     MultilineText.resolved("first \\\nsecond")     // "first \nsecond"
///     MultilineText.resolved("\"\"\"\na\n\nb\n\"\"\"")   // "a\n\nb"
enum MultilineText {
    private static let quotes = "\"\"\""

    /// Whether more has to come.
    static func isOpen(_ text: String) -> Bool {
        if isBlock(text) { return blockContents(text) == nil }
        let last = text.split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
        return continues(last)
    }

    /// What is meant.
    static func resolved(_ text: String) -> String {
        if isBlock(text), let contents = blockContents(text) { return contents }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        // The last line of a text that ended early has nothing to go on in.
        return lines.map { String(continues($0) ? $0.dropLast() : $0) }.joined(separator: "\n")
    }

    /// An odd number of backslashes: two of them are one that is meant.
    private static func continues(_ line: some StringProtocol) -> Bool {
        !line.reversed().prefix { $0 == "\\" }.count.isMultiple(of: 2)
    }

    private static func isBlock(_ text: String) -> Bool { text.hasPrefix(quotes) }

    /// What stands between the quotes, without the line breaks beside them; nil: there is no end yet.
    private static func blockContents(_ text: String) -> String? {
        var rest = text.dropFirst(quotes.count)
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        guard rest.hasSuffix(quotes) else { return nil }
        rest.removeLast(quotes.count)
        if rest.first == "\n" { rest.removeFirst() }
        if rest.last == "\n" { rest.removeLast() }
        return String(rest)
    }
}
