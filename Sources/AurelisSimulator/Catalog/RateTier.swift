/// The class of a model that decides its limits.
enum RateTier: Sendable, Hashable, CaseIterable {
    case low
    case high
    case embeddings
    /// o1, o3 and gpt-5.
    case reasoning
    /// The small reasoning models.
    case smallReasoning

    /// The name in the catalog.
    var catalogName: String {
        switch self {
        case .low: "low"
        case .high: "high"
        case .embeddings: "embeddings"
        case .reasoning, .smallReasoning: "custom"
        }
    }

    /// The limits on a plan; nil when the plan has no access.
    func limits(for tier: SimulatorTier) -> RequestLimits? {
        switch (self, tier) {
        case (.low, .enterprise):
            RequestLimits(perMinute: 20, perDay: 450, input: 8_000, output: 8_000, concurrent: 8)
        case (.low, .business):
            RequestLimits(perMinute: 15, perDay: 300, input: 8_000, output: 4_000, concurrent: 5)
        case (.low, _):
            RequestLimits(perMinute: 15, perDay: 150, input: 8_000, output: 4_000, concurrent: 5)
        case (.high, .enterprise):
            RequestLimits(perMinute: 15, perDay: 150, input: 16_000, output: 8_000, concurrent: 4)
        case (.high, .business):
            RequestLimits(perMinute: 10, perDay: 100, input: 8_000, output: 4_000, concurrent: 2)
        case (.high, _):
            RequestLimits(perMinute: 10, perDay: 50, input: 8_000, output: 4_000, concurrent: 2)
        case (.embeddings, .enterprise):
            RequestLimits(perMinute: 20, perDay: 450, input: 64_000, output: 0, concurrent: 8)
        case (.embeddings, .business):
            RequestLimits(perMinute: 15, perDay: 300, input: 64_000, output: 0, concurrent: 5)
        case (.embeddings, _):
            RequestLimits(perMinute: 15, perDay: 150, input: 64_000, output: 0, concurrent: 5)
        case (.reasoning, .free), (.smallReasoning, .free):
            nil
        case (.reasoning, .pro):
            RequestLimits(perMinute: 1, perDay: 8, input: 4_000, output: 4_000, concurrent: 1)
        case (.reasoning, .business):
            RequestLimits(perMinute: 2, perDay: 10, input: 4_000, output: 4_000, concurrent: 1)
        case (.reasoning, .enterprise):
            RequestLimits(perMinute: 2, perDay: 12, input: 4_000, output: 4_000, concurrent: 1)
        case (.smallReasoning, .pro):
            RequestLimits(perMinute: 2, perDay: 12, input: 4_000, output: 4_000, concurrent: 1)
        case (.smallReasoning, .business):
            RequestLimits(perMinute: 3, perDay: 15, input: 4_000, output: 4_000, concurrent: 1)
        case (.smallReasoning, .enterprise):
            RequestLimits(perMinute: 3, perDay: 20, input: 4_000, output: 4_000, concurrent: 1)
        }
    }
}

/// What one account may ask of one model.
struct RequestLimits: Sendable, Hashable {
    var perMinute: Int
    var perDay: Int
    /// Tokens of one request.
    var input: Int
    /// Tokens of one answer.
    var output: Int
    /// Requests at the same time.
    var concurrent: Int
}
