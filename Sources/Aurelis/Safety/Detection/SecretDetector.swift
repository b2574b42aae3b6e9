/// Finds credentials in texts by their shape: `Documentation/sanitizer.md` lists what it looks for.
///
///     SecretDetector().findings(in: "use ghp_…")      // [github_token at 4..<44]
///     SecretDetector().findings(in: "write a tokenizer, max_tokens = 100")   // []
///
/// One pass without backtracking, linear in the length of the text whatever that is; about half a nanosecond a byte.
public struct SecretDetector: Sendable, Hashable {
    /// The kinds that are not looked for.
    public let ignored: Set<SecretKind>

    /// A detector of everything but some kinds.
    public init(ignoring ignored: Set<SecretKind> = []) { self.ignored = ignored }

    /// The credentials in a text, in its order; none overlaps another.
    public func findings(in text: String) -> [SecretFinding] {
        var text = text
        return text.withUTF8 { findings(in: $0) }
    }

    /// The credentials in a text of UTF-8, in its order; none overlaps another.
    public func findings(in text: UnsafeBufferPointer<UInt8>) -> [SecretFinding] {
        guard let base = text.baseAddress else { return [] }
        return matches(in: base, count: text.count).map { SecretFinding(kind: $0.kind, range: $0.range) }
    }

    func matches(in base: UnsafePointer<UInt8>, count: Int) -> [SecretMatch] {
        var scan = SecretScan(base, count: count)
        scan.run()
        return scan.found.isEmpty ? [] : settled(scan)
    }

    /// What a scan has found, in order, with the values.
    func settled(_ scan: SecretScan) -> [SecretMatch] {
        settled(scan.found).map { match in
            var match = match
            match.value = match.range.map { scan.text[$0] }
            return match
        }
    }

    /// How many bytes are read to find what is in a text, for the test that it is linear.
    package static func work(on text: [UInt8]) -> Int {
        text.withUnsafeBufferPointer { text in
            guard let base = text.baseAddress else { return 0 }
            var scan = SecretScan(base, count: text.count)
            scan.run()
            return scan.work + text.count
        }
    }

    /// In order, each place once: of two that overlap the more certain one, then the longer one.
    func settled(_ matches: [SecretMatch]) -> [SecretMatch] {
        var settled: [SecretMatch] = []
        for match in matches.sorted(by: { $0.range.lowerBound < $1.range.lowerBound })
        where !ignored.contains(match.kind) {
            guard let last = settled.last, last.range.upperBound > match.range.lowerBound else {
                settled.append(match)
                continue
            }
            let isBetter =
                match.certainty > last.certainty
                || match.certainty == last.certainty && match.range.count > last.range.count
            if isBetter { settled[settled.count - 1] = match }
        }
        return settled
    }
}
