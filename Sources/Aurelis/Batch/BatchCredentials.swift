internal import AurelisJSON

/// Which lines of a batch hold what looks like a credential: how many, the first of them, and of which kinds; never what they
/// say.
///
///     let plan = await orchestrator.plan(batch: items)
///     print(plan.credentials.lines, plan.credentials.kinds)       // 3 [github_token, openai_key]
public struct BatchCredentials: Sendable, Hashable {
    /// What becomes of such lines by the configuration; under `off` nobody looks.
    public let policy: SecretPolicy
    /// How many lines hold one.
    public private(set) var lines = 0
    /// The numbers of the first of them, from 1, at most `maximumNumbers`.
    public private(set) var numbers: [Int] = []
    /// Of which kinds, in the order in which they come up.
    public private(set) var kinds: [SecretKind] = []

    /// No more lines are told by their numbers.
    public static let maximumNumbers = 5

    private let detector: SecretDetector

    init(_ safety: SafetyConfiguration) {
        policy = safety.secrets
        detector = SecretDetector(ignoring: safety.ignored)
    }

    /// Nothing seen yet, by the rules of an orchestrator.
    package init(_ orchestrator: ModelOrchestrator) { self.init(orchestrator.configuration.safety) }

    /// Looks at the next line; one that cannot be asked is sent to nobody.
    package mutating func add(_ line: BatchLine) {
        guard policy > .off, let call = try? line.item.call.get() else { return }
        let found = call.body.bytes.withUnsafeBufferPointer { detector.findings(inEscaped: $0) }
        guard !found.isEmpty else { return }
        lines += 1
        if numbers.count < Self.maximumNumbers { numbers.append(line.number) }
        for finding in found where !kinds.contains(finding.kind) { kinds.append(finding.kind) }
    }
}
