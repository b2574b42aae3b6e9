/// Help as the parser writes it, with the usage folded too, which it leaves in one line however long that is.
enum HelpText {
    private static let width = 80
    private static let title = "USAGE: "

    /// The text with no line of its usage wider than 80 columns.
    static func folded(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.hasPrefix(title) && line.displayWidth > width ? usage(String(line)) : String(line)
        }.joined(separator: "\n")
    }

    private static func usage(_ line: String) -> String {
        let indent = String(repeating: " ", count: title.count)
        var lines = [""]
        for word in words(line) {
            let last = lines[lines.count - 1]
            if !last.isEmpty, last.displayWidth + 1 + word.displayWidth > width {
                lines.append(indent + word)
            } else {
                lines[lines.count - 1] = last.isEmpty ? word : last + " " + word
            }
        }
        return lines.joined(separator: "\n")
    }

    /// The words of a usage: what stands in brackets is one, and so is an option with its value.
    private static func words(_ line: String) -> [String] {
        var words: [String] = []
        var depth = 0
        for part in line.split(separator: " ").map(String.init) {
            let belongs = depth > 0 || part.hasPrefix("<") && (words.last?.hasPrefix("-") ?? false)
            if belongs { words[words.count - 1] += " " + part } else { words.append(part) }
            depth += part.count { $0 == "[" } - part.count { $0 == "]" }
        }
        return words
    }
}
