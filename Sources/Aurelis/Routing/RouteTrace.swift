/// How one request found its answer: every candidate, accepted or rejected, and every attempt with its outcome.
///
///     let response = try await orchestrator.respond(to: request)
///     print(response.trace)   // codestral-2501@github-models: rate_limit after 12 ms, then gpt-4o@github-models: answered
public struct RouteTrace: Sendable, Hashable {
    /// The models considered, in the order of preference.
    public var candidates: [Candidate] = []
    /// What was sent, in the order it was sent.
    public var attempts: [Attempt] = []
    /// What the cache had to do with the answer; nil when there is no cache.
    public var cache: CacheStatus?

    /// How long the request waited for quotas and for pauses of providers, before anything was sent.
    public var waited: Duration = .zero
    /// How many more requests the quota of the model asked last allows; nil: nobody counts.
    public var quotaLeft: QuotaLeft?

    /// The most tokens of the answer, where that is less than what the caller asked for; nil: as the caller asked.
    public var clampedTokens: Int?

    /// The credentials that the request held, and what became of them.
    public var findings: [SecretNotice] = []

    /// How many requests were sent.
    public var upstreamAttempts: Int { attempts.count { $0.purpose != .shared } }

    /// An empty trace.
    public init() {}
}

extension RouteTrace {
    /// A model that could have answered.
    public struct Candidate: Sendable, Hashable {
        /// The model.
        public var model: ModelID
        /// Who would serve it; nil when nobody does.
        public var provider: ProviderID?
        /// Why it was ruled out before anything was sent; nil when it was eligible.
        public var rejection: String?
        /// Why it was put behind the others; nil when it was not.
        public var deferral: String?

        /// A candidate.
        public init(model: ModelID, provider: ProviderID?, rejection: String? = nil, deferral: String? = nil) {
            self.model = model
            self.provider = provider
            self.rejection = rejection
            self.deferral = deferral
        }
    }

    /// One attempt, as the provider saw it.
    public struct Attempt: Sendable, Hashable {
        /// What an attempt is for.
        public enum Purpose: String, Sendable, Hashable, CaseIterable {
            /// A fresh answer.
            case answer
            /// The same answer once more, to go on where an earlier one broke off.
            case resume
            /// The rest of an answer whose beginning was sent along.
            case prefill
            /// A fresh answer in the place of one that broke off.
            case restart
            /// The answer to an equal request that was under way.
            case shared
        }

        /// The model.
        public var model: ModelID
        /// The provider.
        public var provider: ProviderID
        /// What it was for.
        public var purpose: Purpose
        /// What became of it: nil for an answer, else the failure's category.
        public var failure: ModelError.Category?
        /// The failure in words; nil for an answer.
        public var reason: String?
        /// The provider's HTTP status, when there was one.
        public var status: Int?
        /// How long the attempt took (for a stream: to its first content).
        public var duration: Duration
        /// How long Aurelis waited after it, before it tried the same model again; nil when it did not.
        public var waitAfter: Duration?

        /// An attempt with its outcome.
        public init(
            model: ModelID,
            provider: ProviderID,
            purpose: Purpose = .answer,
            failure: ModelError.Category? = nil,
            reason: String? = nil,
            status: Int? = nil,
            duration: Duration
        ) {
            self.model = model
            self.provider = provider
            self.purpose = purpose
            self.failure = failure
            self.reason = reason
            self.status = status
            self.duration = duration
        }
    }
}

extension RouteTrace: CustomStringConvertible {
    /// One line: what was ruled out and what was tried.
    public var description: String {
        var steps: [String] = candidates.compactMap { candidate in
            candidate.rejection.map { "\(candidate.model): rejected, \($0)" }
                ?? candidate.deferral.map { "\(candidate.model): \($0)" }
        }
        for attempt in attempts {
            let purpose = attempt.purpose == .answer ? "" : "\(attempt.purpose.rawValue) "
            let place = "\(purpose)\(attempt.model)@\(attempt.provider)"
            let milliseconds = attempt.duration.milliseconds
            if let failure = attempt.failure {
                let status = attempt.status.map { " \($0)" } ?? ""
                var step = "\(place): \(failure)\(status) after \(milliseconds) ms"
                if let wait = attempt.waitAfter { step += ", waited \(wait.milliseconds) ms" }
                steps.append(step)
            } else {
                steps.append("\(place): answered in \(milliseconds) ms")
            }
        }
        if let cache { steps.append("cache: \(cache)") }
        steps += findings.map(\.description)
        return steps.joined(separator: "; ")
    }
}
