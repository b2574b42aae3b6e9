/// Passwords in URLs, and URLs that are secrets.
extension SecretScan {
    private static let longestUser = 320

    /// Looks at `://`.
    mutating func lookAtAddress(_ colon: Int) {
        let start = colon + 3
        guard colon > 0, text.isIn(.alphanumeric, colon - 1) else { return }
        if let webhook = webhook(at: start) { return add(webhook) }
        let stop = min(text.count, start + SecretScan.longestUser)
        var index = start
        while index < stop, !text.isIn(.addressEnding, index), text[index] != UInt8(ascii: ":") { index += 1 }
        let separator = index
        guard index < stop, text[index] == UInt8(ascii: ":") else {
            work += index - start
            return
        }
        var at = start
        while index < stop, !text.isIn(.addressEnding, index) {
            if text[index] == UInt8(ascii: "@") { at = index }
            index += 1
        }
        work += index - start
        guard at > separator, !(start..<separator).contains(where: { text[$0] == UInt8(ascii: "@") }) else { return }
        let password = separator + 1..<at
        if let match = token(at: password.lowerBound), match.range.upperBound <= at { return add(match) }
        guard password.count >= 6, isPassword(password, user: start..<separator) else { return }
        add(SecretMatch(password.lowerBound, at, .connectionPassword, certainty: 2))
    }

    func isPassword(_ password: Range<Int>, user: Range<Int>) -> Bool {
        let randomness = Randomness(text, password)
        let isMixed = randomness.kinds >= 2 && randomness.distinct >= 5
        let isLong = randomness.isLiteral || password.count >= 12 && randomness.distinct >= 8
        guard isMixed || isLong, !Placeholder.isTemplate(text, password),
            !password.contains(where: { "${<*".utf8.contains(text[$0]) })
        else { return false }
        let isUser = password.count == user.count && zip(password, user).allSatisfy { text[$0] == text[$1] }
        return !isUser && !Placeholder.isMadeOfWords(text, password, rest: 4)
    }

    private static let webhookHosts: [(StaticString, SecretKind)] = [
        ("hooks.slack.com/services/", .slackWebhook), ("hooks.slack.com/workflows/", .slackWebhook),
        ("discord.com/api/webhooks/", .discordWebhook), ("discordapp.com/api/webhooks/", .discordWebhook),
    ]

    private func webhook(at start: Int) -> SecretMatch? {
        // Nearly all addresses are of other hosts.
        guard text.has("hooks", at: start) || text.has("disco", at: start) else { return nil }
        guard let (host, kind) = SecretScan.webhookHosts.first(where: { text.has($0.0, at: start) }) else { return nil }
        let path = start + host.utf8CodeUnitCount
        var end = path
        let stop = min(text.count, path + 200)
        while end < stop, text.isIn(.token, end) || text[end] == UInt8(ascii: "/") { end += 1 }
        var last = end
        while last > path, text[last - 1] != UInt8(ascii: "/") { last -= 1 }
        guard end - last >= 16, Randomness(text, last..<end).isToken, !Placeholder.isMarked(text, last..<end) else {
            return nil
        }
        return SecretMatch(path, end, kind, certainty: 3)
    }
}
