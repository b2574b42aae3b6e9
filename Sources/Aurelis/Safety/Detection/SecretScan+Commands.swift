/// Passwords as arguments of commands: `mysql -pSECRET`, `curl -u user:SECRET`.
extension SecretScan {
    /// A command that takes a password as an argument, where the scan has met one.
    struct CommandLine {
        enum Program { case mysql, curl }

        /// The last one on the line that is looked at.
        var program: Program?
        /// Where it stands.
        var start = 0
        /// Up to where lines have been looked for it.
        var end = 0
    }

    /// An argument further behind its command is somebody else's.
    private static let longestCommand = 400
    private static let longestUser = 64

    /// Looks at a `-p`, which has its value right behind it.
    mutating func lookAtPasswordArgument(_ dash: Int) {
        guard dash > 0, text[dash - 1] <= 0x20, program(at: dash) == .mysql else { return }
        let value = argument(at: dash + 2)
        guard !value.isEmpty else { return }
        if let match = token(at: value.lowerBound) { return add(match) }
        guard LiteralJudge(text, value, isQuoted: true).isSecret(behind: .password) else { return }
        add(SecretMatch(value.lowerBound, value.upperBound, .literal, certainty: 1))
    }

    /// Looks at a colon without space around it, which may stand between a user and a password.
    mutating func lookAtUserArgument(_ colon: Int) {
        var start = colon
        let floor = max(0, colon - SecretScan.longestUser)
        while start > floor, !text.isIn(.ending, start - 1), !":=".utf8.contains(text[start - 1]) {
            start -= 1
        }
        work += colon - start
        var end = start
        if end > 0, text.isIn(.quote, end - 1) { end -= 1 }
        while end > floor, text[end - 1] == 0x20 || text[end - 1] == UInt8(ascii: "=") { end -= 1 }
        guard end < start || end >= 2, isUserOption(endingAt: end), program(at: end) == .curl else { return }
        // The whole argument ends where its quote does, or its word.
        let isQuoted = start > 0 && text.isIn(.quote, start - 1)
        let whole = isQuoted ? argument(at: start - 1) : argument(at: start)
        guard colon + 1 < whole.upperBound else { return }
        let password = colon + 1..<whole.upperBound
        if let match = token(at: password.lowerBound) { return add(match) }
        guard password.count >= 6, isPassword(password, user: start..<colon) else { return }
        add(SecretMatch(password.lowerBound, password.upperBound, .literal, certainty: 1))
    }

    private func isUserOption(endingAt end: Int) -> Bool {
        if text.has("--user", at: end - 6) { return end >= 7 && text[end - 7] <= 0x20 }
        // `-u`, alone or behind others: `-su`.
        guard end >= 3, text[end - 1] == UInt8(ascii: "u") else { return false }
        var dash = end - 2
        while dash > max(0, end - 6), text.isIn(.alphanumeric, dash) { dash -= 1 }
        return dash > 0 && text[dash] == UInt8(ascii: "-") && text[dash - 1] <= 0x20
    }

    /// A word, or what stands between quotes.
    private mutating func argument(at index: Int) -> Range<Int> {
        guard index < text.count else { return index..<index }
        let stop = min(text.count, index + PrefixRule.longest)
        var (start, end) = (index, index)
        if text.isIn(.quote, index) {
            start += 1
            end += 1
            while end < stop, text[end] != text[index], text[end] >= 0x20 { end += 1 }
        } else {
            while end < stop, text[end] > 0x20, !"\"'`;|<>".utf8.contains(text[end]) { end += 1 }
        }
        work += end - start
        return start..<max(start, end)
    }

    /// The command on whose line a place is; nil: none that takes a password. Every byte is looked at once.
    private mutating func program(at index: Int) -> CommandLine.Program? {
        var place = max(command.end, index - SecretScan.longestCommand)
        if place > command.end { command.program = nil }
        work += max(0, index - place)
        while place < index {
            switch text[place] {
            case 0x0A where place == 0 || text[place - 1] != UInt8(ascii: "\\"): command.program = nil
            case UInt8(ascii: "m") where text.has("mysql", at: place) || text.has("mariadb", at: place):
                (command.program, command.start) = (.mysql, place)
            case UInt8(ascii: "c") where text.has("curl", at: place) && text.isBoundary(place):
                (command.program, command.start) = (.curl, place)
            default: break
            }
            place += 1
        }
        command.end = max(command.end, index)
        return index - command.start <= SecretScan.longestCommand ? command.program : nil
    }
}
