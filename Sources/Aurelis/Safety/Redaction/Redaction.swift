/// Takes credentials out of texts that are kept: logs, traces, audits, cassettes, errors.
///
///     Redaction.standard.text("401 for ghp_…")     // 401 for [redacted:github_token]
///
/// Nothing of a credential is left, not its beginning or its length, and it cannot be had back.
public struct Redaction: Sendable {
    private let detector: SecretDetector
    private let known: KnownSecrets?

    /// By shape, and the credentials that this process has read.
    public static let standard = Redaction(known: .process)

    /// By shape.
    public init(detector: SecretDetector = SecretDetector()) {
        self.detector = detector
        known = nil
    }

    /// By shape, and whatever else is known to be a credential.
    package init(detector: SecretDetector = SecretDetector(), known: KnownSecrets) {
        self.detector = detector
        self.known = known
    }

    /// A text without credentials; most texts have none and come back as they are.
    public func text(_ text: String) -> String {
        let bytes = Array(text.utf8)
        // Quotes in a text need not come in pairs, so it is looked at as it stands as well.
        let plain = bytes.withUnsafeBufferPointer { text in
            text.baseAddress.map { detector.matches(in: $0, count: text.count) } ?? []
        }
        return redacted(bytes, plain).map { String(decoding: $0, as: UTF8.self) } ?? text
    }

    /// JSON without credentials; it stays JSON, and every other byte stays.
    public func json(_ bytes: [UInt8]) -> [UInt8] { redacted(bytes) ?? bytes }

    /// A line of JSON without credentials.
    package func json(_ text: String) -> String { String(decoding: json(Array(text.utf8)), as: UTF8.self) }

    private func redacted(_ bytes: [UInt8], _ plain: [SecretMatch] = []) -> [UInt8]? {
        let matches = plain + bytes.withUnsafeBufferPointer { detector.matches(inEscaped: $0) }
        var places = matches.map { ($0.range, $0.kind.rawValue) }
        places += (known?.ranges(in: bytes) ?? []).map { ($0, "credential") }
        guard !places.isEmpty else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var index = 0
        for (range, kind) in places.sorted(by: {
            ($0.0.lowerBound, $1.0.upperBound) < ($1.0.lowerBound, $0.0.upperBound)
        }) {
            if range.lowerBound >= index {
                output += bytes[index..<range.lowerBound]
                output += "[redacted:\(kind)]".utf8
            }
            // Of two that overlap the second is gone as well.
            index = max(index, range.upperBound)
        }
        return output + bytes[index...]
    }
}
