/// What some requests have used, in whole numbers.
///
///     var sum = UsageCounts()
///     for record in records { sum += UsageCounts(of: record) }
///     print(sum.cost, "picodollars,", sum.unpriced > 0 ? "at least" : "in all")
///
/// What is unknown is never taken for nothing: it is counted apart.
public struct UsageCounts: Sendable, Hashable {
    /// Requests with an answer from a provider.
    public var asked: Int64 = 0
    /// Requests with an answer from the cache.
    public var cached: Int64 = 0
    /// Requests that shared the answer to an equal one.
    public var shared: Int64 = 0
    /// Requests without an answer, or with a part of one.
    public var failed: Int64 = 0
    /// Tokens of the prompts that providers counted.
    public var promptTokens: Int64 = 0
    /// Tokens of the answers that providers counted.
    public var answerTokens: Int64 = 0
    /// Tokens of prompts and answers that the cache, or an equal request, made unnecessary.
    public var savedTokens: Int64 = 0
    /// What is known of the cost, in picodollars.
    public var cost: Int64 = 0
    /// Answers whose tokens nobody told, so that they are missing above.
    public var uncounted: Int64 = 0
    /// Answers whose cost is unknown: without a price, or without a count of tokens.
    public var unpriced: Int64 = 0

    /// Nothing.
    public init() {}

    /// All requests.
    public var requests: Int64 { [asked, cached, shared, failed].reduce(0) { $0.clampedSum($1) } }

    /// Every count, in the order in which it is stored.
    public static let fields: [(name: String, path: any WritableKeyPath<UsageCounts, Int64> & Sendable)] = [
        ("asked", \.asked), ("cached", \.cached), ("shared", \.shared), ("failed", \.failed),
        ("prompt_tokens", \.promptTokens), ("answer_tokens", \.answerTokens), ("saved_tokens", \.savedTokens),
        ("cost_picodollars", \.cost), ("uncounted", \.uncounted), ("unpriced", \.unpriced),
    ]

    /// What one request has used.
    public init(of record: RequestRecord) {
        let tokens = record.usage.map { Int64(clamping: $0.total) } ?? 0
        switch record.trace.cache {
        case .hit, .stale:
            cached = 1
            savedTokens = tokens
            return
        case .shared:
            if record.outcome == .answered { shared = 1 } else { failed = 1 }
            savedTokens = tokens
            return
        case .miss, .bypass, nil: break
        }
        if record.outcome == .answered { asked = 1 } else { failed = 1 }
        if let usage = record.usage {
            promptTokens = Int64(clamping: usage.prompt)
            answerTokens = Int64(clamping: usage.completion)
        } else {
            uncounted = asked
        }
        if let cost = record.cost { self.cost = cost } else { unpriced = asked }
    }

    /// Adds; what would be more than the largest number is the largest number.
    public static func += (sum: inout UsageCounts, other: UsageCounts) {
        sum.asked = sum.asked.clampedSum(other.asked)
        sum.cached = sum.cached.clampedSum(other.cached)
        sum.shared = sum.shared.clampedSum(other.shared)
        sum.failed = sum.failed.clampedSum(other.failed)
        sum.promptTokens = sum.promptTokens.clampedSum(other.promptTokens)
        sum.answerTokens = sum.answerTokens.clampedSum(other.answerTokens)
        sum.savedTokens = sum.savedTokens.clampedSum(other.savedTokens)
        sum.cost = sum.cost.clampedSum(other.cost)
        sum.uncounted = sum.uncounted.clampedSum(other.uncounted)
        sum.unpriced = sum.unpriced.clampedSum(other.unpriced)
    }
}

extension Int64 {
    /// The sum; the largest number when it is more.
    func clampedSum(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
