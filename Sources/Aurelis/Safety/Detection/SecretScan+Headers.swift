/// Credentials in the fields of HTTP.
extension SecretScan {
    /// Looks at what follows `Authorization:`.
    mutating func lookAtCredentials(_ start: Int) {
        var start = start
        // `f"…"`, `b'…'`
        if start + 1 < text.count, text.isIn(.quote, start + 1), text[start].isSmall { start += 1 }
        while start < text.count, "\"'`\\".utf8.contains(text[start]) { start += 1 }
        if text.hasFolded("basic ", at: start) { return lookAtBasic(start + 6) }
        let schemes: [StaticString] = ["bearer ", "token ", "apikey "]
        guard let scheme = schemes.first(where: { text.hasFolded($0, at: start) }) else { return }
        start += scheme.utf8CodeUnitCount
        if let match = token(at: start) { return add(match) }
        let end = text.start(of: .ending, from: start, limit: PrefixRule.longest)
        work += end - start
        guard end - start >= 20, Randomness(text, start..<end).isLiteral, !Placeholder.isTemplate(text, start..<end),
            !Placeholder.isMarked(text, start..<end), !Placeholder.isMadeOfWords(text, start..<end, rest: 10)
        else { return }
        add(SecretMatch(start, end, .bearerToken, certainty: 2))
    }

    mutating func lookAtBasic(_ start: Int) {
        var end = text.end(of: .base64, from: start, limit: 512)
        let letters = start..<end
        while end < text.count, end < letters.upperBound + 2, text[end] == UInt8(ascii: "=") { end += 1 }
        work += end - start
        guard letters.count >= 10, let pair = Base64Text.decoded(text, letters) else { return }
        guard let colon = pair.firstIndex(of: UInt8(ascii: ":")), pair.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            return
        }
        let isReal = pair.withUnsafeBufferPointer { bytes -> Bool in
            guard let base = bytes.baseAddress else { return false }
            let pair = SecretText(base, count: bytes.count)
            let password = colon + 1..<bytes.count
            return password.count >= 6 && !Placeholder.isMarked(pair, password)
                && !Placeholder.isMadeOfWords(pair, password, rest: 4)
        }
        if isReal { add(SecretMatch(start, end, .basicAuthentication, certainty: 2)) }
    }

    /// Looks at what follows `sig=`.
    mutating func lookAtSignature(_ start: Int) {
        var end = start
        let stop = min(text.count, start + 72)
        var letters = 0
        while end < stop {
            if text[end] == UInt8(ascii: "%"), end + 2 < text.count {
                end += 3
            } else if text.isIn(.base64, end) {
                end += 1
            } else {
                break
            }
            letters += 1
        }
        while end < stop, text[end] == UInt8(ascii: "=") {
            end += 1
            letters += 1
        }
        end = min(end, text.count)
        work += end - start
        guard (43...44).contains(letters), Randomness(text, start..<end).isToken else { return }
        add(SecretMatch(start, end, .azureSignature, certainty: 2))
    }
}
