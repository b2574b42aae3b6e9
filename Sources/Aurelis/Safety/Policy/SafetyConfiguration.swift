/// What requests are checked for before they are sent.
///
///     var configuration = OrchestratorConfiguration()
///     configuration.safety.secrets = .redact
///     configuration.safety.limits.prompt = 200_000
public struct SafetyConfiguration: Sendable, Hashable {
    /// What becomes of requests that hold credentials.
    public var secrets = SecretPolicy.warn
    /// The kinds of credentials that are nobody's business here.
    public var ignored: Set<SecretKind> = []
    /// Whether placeholders in an answer become the credentials again that its caller has sent.
    public var restoresSecrets = false
    /// How long texts may be.
    public var limits = PromptLimits()

    /// The defaults: credentials are told of, and go on as they are.
    public init() {}
}

/// How long the texts of a request may be; 0: as long as they like.
public struct PromptLimits: Sendable, Hashable {
    /// Characters (Unicode scalars) of one message, or one text to embed.
    public var prompt = 50_000
    /// Characters of one message of the system or the developer.
    public var systemPrompt = 10_000
    /// Bytes of `metadata` as it is written.
    public var metadata = 16 * 1_024

    /// The defaults.
    public init() {}
}
