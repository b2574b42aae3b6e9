/// What a batch would take: requests, tokens, money, and time under today's quotas.
///
///     let plan = await orchestrator.plan(batch: items)
///     print(plan.requests, "requests for", plan.items, "items")
///     for share in plan.shares { print(share.model, share.requests) }
///
/// Nothing is sent. Answers are taken to come at once and nobody else to send anything, so a batch ends no earlier than
/// this says.
public struct BatchPlan: Sendable {
    /// What one model would do of it.
    public struct Share: Sendable {
        /// Who serves the model.
        public var provider: ProviderID
        /// The model.
        public var model: ModelID
        /// How many requests it would get.
        public var requests = 0
        /// About how many tokens their prompts have.
        public var promptTokens = 0
        /// How many tokens their answers have at most; nil: some say nothing of it.
        public var answerTokens: Int? = 0
        /// What the prompts cost, in picodollars; nil: the price is unknown.
        public var promptCost: Int64?
        /// What all of it costs at most, in picodollars; nil: the price is unknown, or how long answers may be.
        public var greatestCost: Int64?
        /// When the last of them could be sent, in milliseconds since 1970-01-01 UTC.
        public var end: Int64
    }

    /// A line that cannot be asked.
    public struct Problem: Sendable {
        /// Its number, from 1.
        public var line: Int
        /// Why.
        public var error: ModelError
    }

    /// When it was made, in milliseconds since 1970-01-01 UTC.
    public var start: Int64
    /// How many items there are.
    public var items = 0
    /// How many cannot be asked.
    public var invalid = 0
    /// The first of them.
    public var problems: [Problem] = []
    /// How many the cache would answer.
    public var cached = 0
    /// How many share the answer of an equal one.
    public var coalesced = 0
    /// What each model would do, in the order in which they come up.
    public var shares: [Share] = []
    /// Which lines hold what looks like a credential.
    public internal(set) var credentials: BatchCredentials

    /// No more problems are told than this.
    public static let maximumProblems = 20

    /// A plan for nothing.
    init(start: Int64, _ safety: SafetyConfiguration) {
        self.start = start
        credentials = BatchCredentials(safety)
    }

    /// How many requests would be sent.
    public var requests: Int { shares.reduce(0) { $0 + $1.requests } }

    /// When the last request could be sent, in milliseconds since 1970-01-01 UTC.
    public var end: Int64 { shares.reduce(start) { max($0, $1.end) } }
}
