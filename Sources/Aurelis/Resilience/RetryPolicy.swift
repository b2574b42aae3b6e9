/// How often and how long after a failure the same model is asked again.
///
///     RetryPolicy.standard.rule(for: .rateLimit)   // 5 retries, 1 s doubling to 60 s, jitter
///
/// One table looked up by category, so that no failure is retried under two rules at once.
public struct RetryPolicy: Sendable, Hashable {
    /// The rule for each category; a category without a rule is never retried.
    public var rules: [ModelError.Category: Rule]

    /// A policy from its rules.
    public init(rules: [ModelError.Category: Rule]) { self.rules = rules }

    /// Rate limits 5 retries from 1 s to 60 s; connections 3 from 0.5 s to 10 s; other service faults 2 from 0.1 s to 5 s.
    public static let standard = RetryPolicy(rules: [
        .rateLimit: Rule(retries: 5, base: .seconds(1), cap: .seconds(60), jitter: true),
        .connection: Rule(retries: 3, base: .milliseconds(500), cap: .seconds(10), jitter: true),
        .upstream: Rule(retries: 2, base: .milliseconds(100), cap: .seconds(5), jitter: false),
    ])

    /// Nothing is retried.
    public static let none = RetryPolicy(rules: [:])
}

extension RetryPolicy {
    /// The rule of one category.
    public struct Rule: Sendable, Hashable {
        /// Tries after the first one.
        public var retries: Int
        /// The first wait; each further one is twice as long.
        public var base: Duration
        /// No wait is longer, jitter included.
        public var cap: Duration
        /// Whether each wait is moved by up to a quarter, so that callers who failed together do not return together.
        public var jitter: Bool

        /// A rule.
        public init(retries: Int, base: Duration, cap: Duration, jitter: Bool) {
            self.retries = retries
            self.base = base
            self.cap = cap
            self.jitter = jitter
        }
    }

    /// Whether a pause that the provider has asked for is waited out, as far as it depends on its length.
    func waitsOut(_ pause: Duration, after category: ModelError.Category) -> Bool {
        rules[category].map { pause <= $0.cap } ?? false
    }

    /// How long to wait before the next try on the same model; nil: do not try it again.
    ///
    /// - Parameters:
    ///   - failure: what the last try ended with.
    ///   - retry: how many retries on this model went before, from 0.
    ///   - chance: a number in 0 ..< 1, for the jitter.
    public func wait(after failure: ModelError, retry: Int, chance: Double) -> Duration? {
        guard let rule = rules[failure.category], retry < rule.retries else { return nil }
        if let asked = failure.retryAfter, asked > .zero {
            // The provider's word wins over the schedule, but nobody waits longer than the cap for one try.
            return asked <= rule.cap ? asked : nil
        }
        // Whoever sends without end does so again.
        if failure.code == "answer_too_large" { return nil }
        // A day's limit without a time to wait for will not have passed after a backoff.
        if failure.limit == .day { return nil }
        var wait = rule.base * (1 << min(retry, 20))
        if rule.jitter { wait = wait * (0.75 + 0.5 * chance) }
        return min(wait, rule.cap)
    }
}
