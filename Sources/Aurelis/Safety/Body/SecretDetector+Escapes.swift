#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// Texts with escapes in their quoted parts: JSON, and the code that lies in its strings.
///
/// What has no escapes is looked at where it stands, names, values and all. A quoted part with escapes is looked at
/// without them, and what is quoted in that, up to three times: the arguments of a tool call are JSON within a string.
extension SecretDetector {
    private static let maximumDepth = 3

    /// The credentials in a text, and in what its quoted parts stand for; in order, as places of the text.
    func matches(inEscaped text: UnsafeBufferPointer<UInt8>) -> [SecretMatch] {
        guard let base = text.baseAddress else { return [] }
        let text = SecretText(base, count: text.count)
        var found: [SecretMatch] = []
        collect(from: text, depth: 0, into: &found)
        return found.isEmpty ? found : settled(found)
    }

    private func collect(from text: SecretText, depth: Int, into found: inout [SecretMatch]) {
        guard var backslash = text.firstBackslash(from: 0) else {
            if depth == 0 { add(matchesIn: text, 0..<text.count, to: &found) }
            return
        }
        // For one part after the other; no text gets longer by losing its escapes.
        let output = UnsafeMutablePointer<UInt8>.allocate(capacity: text.count + TextUnescaping.slack)
        defer { output.deallocate() }
        var plainStart = 0
        var index = 0
        repeat {
            if let quote = text.lastQuote(before: backslash, from: index) {
                if depth == 0 { add(matchesIn: text, plainStart..<quote, to: &found) }
                let part = TextUnescaping(text, from: quote + 1, into: output)
                collect(from: part, at: quote, of: text, output, depth: depth, into: &found)
                index = min(text.count, part.end + 1)
                plainStart = index
            } else {
                // No quoted part: the text's own business.
                index = min(text.count, backslash + 2)
            }
            guard let next = text.firstBackslash(from: index) else { break }
            backslash = next
        } while true
        if depth == 0 { add(matchesIn: text, plainStart..<text.count, to: &found) }
    }

    /// Looks at a quoted part that has lost its escapes.
    private func collect(
        from part: TextUnescaping,
        at quote: Int,
        of text: SecretText,
        _ output: UnsafePointer<UInt8>,
        depth: Int,
        into found: inout [SecretMatch]
    ) {
        let plain = SecretText(output, count: part.written)
        var inner = matches(in: plain, behind: text.name(before: quote))
        if part.hasBackslash, depth + 1 < SecretDetector.maximumDepth {
            collect(from: plain, depth: depth + 1, into: &inner)
        }
        guard !inner.isEmpty else { return }
        let settled = settled(inner)
        let sources = TextUnescaping.sources(of: settled.map(\.range), in: text, from: quote + 1)
        for (match, source) in zip(settled, sources) {
            var match = match
            match.range = source
            found.append(match)
        }
    }

    private func add(matchesIn text: SecretText, _ range: Range<Int>, to found: inout [SecretMatch]) {
        guard range.count >= 8 else { return }
        for match in matches(in: text.base + range.lowerBound, count: range.count) {
            var match = match
            match.range = match.range.lowerBound + range.lowerBound..<match.range.upperBound + range.lowerBound
            found.append(match)
        }
    }

    /// What is in a whole value, which its name may promise to be a secret.
    private func matches(in value: SecretText, behind name: SecretName?) -> [SecretMatch] {
        var scan = SecretScan(value.base, count: value.count)
        scan.run()
        if let name, value.count <= PrefixRule.longest {
            if name.meaning == .authorization {
                scan.lookAtCredentials(0)
            } else if name.meaning == .password, Passphrase.isOne(value, 0..<value.count) {
                scan.add(SecretMatch(0, value.count, .literal, certainty: 1))
            } else if name.meaning != .signature, !(0..<value.count).contains(where: { value[$0] <= 0x20 }) {
                scan.judge(0..<value.count, isQuoted: true, name)
            }
        }
        return scan.found.isEmpty ? [] : settled(scan)
    }
}

extension SecretText {
    fileprivate func firstBackslash(from index: Int) -> Int? {
        guard index < count, let place = memchr(base + index, 0x5C, count - index) else { return nil }
        return UnsafeRawPointer(place) - UnsafeRawPointer(base)
    }

    fileprivate func lastQuote(before end: Int, from start: Int) -> Int? {
        var index = end
        while index > start {
            index -= 1
            if self[index] == UInt8(ascii: "\"") { return index }
        }
        return nil
    }

    /// What the name before a quoted value promises.
    fileprivate func name(before quote: Int) -> SecretName? {
        var end = quote
        while end > 0, self[end - 1] <= 0x20 { end -= 1 }
        guard end > 0, self[end - 1] == UInt8(ascii: ":") else { return nil }
        end -= 1
        while end > 0, self[end - 1] <= 0x20 { end -= 1 }
        guard end > 0, self[end - 1] == UInt8(ascii: "\""), SecretName.mayEnd(self, end - 1) else { return nil }
        return SecretName(self, endingAt: end - 1)
    }
}

extension SecretDetector {
    /// The credentials in a JSON text or in code, as they are once the escapes of its quoted parts are taken out; the
    /// ranges are places of the text as it is written.
    ///
    ///     detector.findings(inEscaped: #"{"key":"ghp_\u0041…"}"#)
    public func findings(inEscaped text: UnsafeBufferPointer<UInt8>) -> [SecretFinding] {
        matches(inEscaped: text).map { SecretFinding(kind: $0.kind, range: $0.range) }
    }
}
