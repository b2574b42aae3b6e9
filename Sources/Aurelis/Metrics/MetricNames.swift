/// The names of what is counted of every request.
package enum MetricNames {
    /// Requests that have ended.
    package static let requests = "aurelis_requests_total"
    /// Requests under way.
    package static let inFlight = "aurelis_requests_in_flight"
    /// From a request to the end of its answer.
    package static let responseTime = "aurelis_response_time_seconds"
    /// From a request to the first content of its stream.
    package static let firstToken = "aurelis_time_to_first_token_seconds"
    /// What Aurelis itself took of that.
    package static let overhead = "aurelis_overhead_seconds"
    /// What a request waited for quotas and pauses.
    package static let wait = "aurelis_wait_seconds"
    /// Requests without a whole answer.
    package static let errors = "aurelis_errors_total"
    /// Answers of another model than the one that was asked first.
    package static let fallbacks = "aurelis_fallbacks_total"
    /// What was sent to providers.
    package static let attempts = "aurelis_attempts_total"
    /// How long that took.
    package static let attemptTime = "aurelis_attempt_seconds"
    /// Tokens that providers counted.
    package static let tokens = "aurelis_tokens_total"
    /// Tokens of kept and shared answers.
    package static let savedTokens = "aurelis_tokens_saved_total"
    /// What that cost.
    package static let cost = "aurelis_cost_dollars_total"
}
