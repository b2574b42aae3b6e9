/// How much a key may use. What is nil is not limited.
package struct AccessLimits: Sendable, Hashable, Codable {
    /// Picodollars (10⁻¹² US dollars) a day.
    package var dailyBudget: Int64?
    /// Requests in any minute.
    package var requestsPerMinute: Int64?
    /// Requests a day.
    package var requestsPerDay: Int64?
    /// Tokens of prompts and answers a day.
    package var tokensPerDay: Int64?
    /// Requests at once.
    package var concurrent: Int?

    private enum CodingKeys: String, CodingKey {
        case dailyBudget = "budget_picodollars", requestsPerMinute = "requests_per_minute"
        case requestsPerDay = "requests_per_day", tokensPerDay = "tokens_per_day", concurrent
    }

    /// No limits.
    package init() {}

    /// The same as the ledger counts it; nil: nothing is to be counted.
    ///
    /// Days are those of UTC, as in `aurelis usage`.
    package var plan: QuotaPlan? {
        var plan = QuotaPlan(concurrent: concurrent)
        if let requestsPerMinute { plan.limits.append(QuotaLimit(.requests, per: .minute, requestsPerMinute)) }
        let days: [(QuotaLimit.Unit, Int64?)] = [
            (.requests, requestsPerDay), (.tokens, tokensPerDay), (.money, dailyBudget),
        ]
        for (unit, amount) in days {
            guard let amount else { continue }
            plan.limits.append(QuotaLimit(unit, per: .day, amount, resets: .fixedUTC))
        }
        return plan.isEmpty ? nil : plan
    }
}
