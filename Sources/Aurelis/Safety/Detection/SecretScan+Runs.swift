/// Tokens that are known by how they begin.
extension SecretScan {
    /// No token is shorter.
    private static let shortestRun = 15

    /// Looks at the whole run of token characters around a place, once.
    mutating func lookAtRun(around index: Int) {
        guard index >= runEnd else { return }
        var start = index
        while start - runEnd >= 16 {
            let length = SecretBlock.runBackwards(text, start)
            start &-= length
            if length < 16 { break }
        }
        if start - runEnd < 16 { while start > runEnd, text.isIn(.token, start - 1) { start -= 1 } }
        lookForPrefix(start)
        var end = start
        while end &+ 16 <= text.count {
            var (length, joints) = SecretBlock.run(text, end)
            while joints != 0 {
                lookForPrefix(end &+ joints.trailingZeroBitCount &>> 2 &+ 1)
                joints &= joints &- 1
            }
            end &+= length
            if length < 16 { break }
        }
        if end &+ 16 > text.count {
            while end < text.count, text.isIn(.token, end) {
                if !text.isIn(.alphanumeric, end) { lookForPrefix(end + 1) }
                end += 1
            }
        }
        // What is found reaches further than its run where dots join it with others.
        runEnd = max(runEnd, end)
        work += end - start
        guard end - start >= SecretScan.shortestRun else { return }
        var behind = start
        if start > 0, text[start - 1] == UInt8(ascii: "\\") || text[start - 1] == UInt8(ascii: "%") {
            behind += escapeLength(before: start)
            if behind > start { lookForPrefix(behind) }
        }
        if start >= 6, text[start - 1] == 0x20, text.hasFolded("basic ", at: start - 6) { lookAtBasic(start) }
        if 22...28 ~= end - behind { lookAtParts(behind, end) }
    }

    /// How much of a run belongs to the escape it stands behind: `\n`, `\u003d`, `%3D`.
    private func escapeLength(before start: Int) -> Int {
        guard start > 0 else { return 0 }
        switch text[start - 1] {
        case UInt8(ascii: "\\"): return text[start] == UInt8(ascii: "u") ? 5 : text.isBoundary(start + 1) ? 1 : 0
        case UInt8(ascii: "%"): return 2
        default: return 0
        }
    }

    @inline(__always)
    private mutating func lookForPrefix(_ index: Int) {
        guard index &+ SecretScan.shortestRun < text.count, prefixes.mayBegin(text[index], text[index &+ 1]) else {
            return
        }
        lookForToken(index)
    }

    @inline(never)
    private mutating func lookForToken(_ index: Int) {
        if let match = token(at: index) { add(match) }
    }

    /// The token that begins at a place.
    mutating func token(at index: Int) -> SecretMatch? {
        guard text.isBoundary(index) else { return nil }
        if text.has("eyJ", at: index) { return webToken(at: index) }
        for rule in PrefixRule.all where text.has(rule.prefix, at: index) {
            let start = index + rule.prefix.utf8CodeUnitCount
            // A body that was looked at from an earlier beginning was no secret, and this one is its end.
            guard start >= triedEnd else { return nil }
            let end = text.end(of: rule.body, from: start, limit: PrefixRule.longest)
            work += end - index
            guard rule.lengths.contains(end - start), isBounded(end, rule), isGenuine(start..<end, rule) else {
                triedEnd = rule.lengths.upperBound == PrefixRule.longest ? end : triedEnd
                continue
            }
            triedEnd = end
            return SecretMatch(index, end, rule.kind, certainty: 3)
        }
        return nil
    }

    /// Whether a body of a fixed length ends where the word ends.
    private func isBounded(_ end: Int, _ rule: PrefixRule) -> Bool {
        end >= text.count || rule.lengths.count > 1 || !text.isIn(.alphanumeric, end)
    }

    private func isGenuine(_ body: Range<Int>, _ rule: PrefixRule) -> Bool {
        switch rule.check {
        case .githubChecksum where body.count == 36:
            GitHubChecksum.holds(UnsafeBufferPointer(start: text.base + body.lowerBound, count: body.count))
        case .noPlaceholder: !Placeholder.isMarked(text, body) && Randomness(text, body).distinct >= 6
        case .random, .githubChecksum: !Placeholder.isMarked(text, body) && Randomness(text, body).isToken
        }
    }

    /// Tokens whose parts have dots between them, known by the lengths of the parts.
    private mutating func lookAtParts(_ start: Int, _ end: Int) {
        switch end - start {
        case 22 where start >= 3 && text.has("SG.", at: start - 3) && text.isBoundary(start - 3):
            guard end < text.count, text[end] == UInt8(ascii: ".") else { return }
            let last = text.end(of: .token, from: end + 1, limit: 44)
            work += last - end
            guard last - end == 44, Randomness(text, end + 1..<last).isToken else { return }
            add(SecretMatch(start - 3, last, .sendGridKey, certainty: 3))
        case 23...28:
            guard end + 8 < text.count, text[end] == UInt8(ascii: "."), text[end + 7] == UInt8(ascii: ".") else {
                return
            }
            let last = text.end(of: .token, from: end + 8, limit: 40)
            work += last - end
            guard (27...38).contains(last - end - 8), text.end(of: .token, from: end + 1, limit: 7) == end + 7,
                let name = Base64Text.decoded(text, start..<end), name.count >= 15, name.allSatisfy(\.isDigit)
            else { return }
            add(SecretMatch(start, last, .discordToken, certainty: 3))
        default: break
        }
    }
}
