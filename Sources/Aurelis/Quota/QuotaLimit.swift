/// One limit of a plan: so much of something in so much time.
///
///     QuotaLimit(.requests, per: .day, 50)                        // 50 requests in any 24 hours
///     QuotaLimit(.tokens, per: .day, 1_000_000, resets: .midnightUTC)
public struct QuotaLimit: Sendable, Hashable, Codable {
    /// What is counted.
    public enum Unit: String, Sendable, Hashable, Codable, CaseIterable {
        /// Requests.
        case requests
        /// Tokens of prompts and answers together.
        case tokens
        /// Picodollars (10⁻¹² US dollars).
        case money
    }

    /// The time in which it is counted.
    public enum Period: String, Sendable, Hashable, Codable, CaseIterable {
        /// 60 seconds.
        case minute
        /// 24 hours.
        case day

        /// In milliseconds.
        var length: Int64 { self == .minute ? 60_000 : 86_400_000 }
    }

    /// When what was used comes back.
    public enum Reset: String, Sendable, Hashable, Codable, CaseIterable {
        /// Each request after the period's length: safe with every provider, whatever its own rule.
        case rolling
        /// All at once, the period's length after the first request that counted.
        case fromFirstUse = "from_first_use"
        /// All at once at the next midnight, UTC (or the next full minute).
        case fixedUTC = "fixed_utc"
    }

    /// What is counted.
    public var unit: Unit
    /// In which time.
    public var period: Period
    /// How much of it there is.
    public var amount: Int64
    /// When it comes back.
    public var reset: Reset

    /// A limit.
    public init(_ unit: Unit, per period: Period, _ amount: Int64, resets reset: Reset = .rolling) {
        self.unit = unit
        self.period = period
        self.amount = amount
        self.reset = reset
    }

    /// What is left of it for those who leave a share, in percent, to others.
    func keeping(_ percent: Int) -> QuotaLimit {
        guard percent > 0, amount < .max else { return self }
        var limit = self
        limit.amount = max(1, amount - amount / 100 * Int64(percent) - amount % 100 * Int64(percent) / 100)
        return limit
    }
}

/// Everything that a plan allows on one meter.
public struct QuotaPlan: Sendable, Hashable, Codable {
    /// What is counted over time. At most one limit for each unit and period.
    public var limits: [QuotaLimit]
    /// Requests at once; nil: any number.
    public var concurrent: Int?

    /// A plan.
    public init(limits: [QuotaLimit] = [], concurrent: Int? = nil) {
        self.limits = limits
        self.concurrent = concurrent
    }

    /// Whether it allows everything.
    public var isEmpty: Bool { limits.isEmpty && concurrent == nil }
}

/// What a request uses up.
public struct QuotaCost: Sendable, Hashable, Codable {
    /// Requests.
    public var requests: Int64
    /// Tokens of prompt and answer together.
    public var tokens: Int64
    /// Picodollars.
    public var money: Int64
    /// How much later than reserved it may be sent, in milliseconds.
    var lifetime: Int64 = 0

    /// The cost of a request, or of several.
    public init(requests: Int64 = 1, tokens: Int64 = 0, money: Int64 = 0) {
        self.requests = requests
        self.tokens = tokens
        self.money = money
    }

    private enum CodingKeys: CodingKey {
        case requests, tokens, money
    }

    /// Reads a cost; one without `requests` is that of one.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        requests = try values.decodeIfPresent(Int64.self, forKey: .requests) ?? 1
        tokens = try values.decode(Int64.self, forKey: .tokens)
        money = try values.decode(Int64.self, forKey: .money)
    }

    subscript(unit: QuotaLimit.Unit) -> Int64 {
        switch unit {
        case .requests: requests
        case .tokens: tokens
        case .money: money
        }
    }
}
