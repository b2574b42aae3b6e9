/// What a failure means for an item: a result, or another try.
enum BatchVerdict {
    /// - Parameter attempts: how often the item has been asked without an answer or a refusal, this time included.
    static func outcome(
        of failure: ModelError,
        attempts: Int,
        limit: Int,
        at now: ContinuousClock.Instant
    ) -> BatchState.Outcome {
        switch failure.category {
        case .rateLimit:
            return .notNow(until: wait(after: failure).map { now.advanced(by: $0) }, isRefusal: true)
        case .quota, .authentication:
            // Waiting does not help, but somebody may; until then every further request would be one for nothing.
            return .notNow(until: nil, isRefusal: true)
        case .modelUnavailable, .overloaded:
            guard let wait = failure.retryAfter else { return .failed(isFinal: false) }
            return .notNow(until: now.advanced(by: max(wait, shortest)), isRefusal: true)
        case .upstream, .connection:
            guard attempts < limit else { return .failed(isFinal: false) }
            let wait = shortest * (1 << min(2 * attempts, 6))
            return .notNow(until: now.advanced(by: wait), isRefusal: false)
        case .invalidRequest, .contextLength, .contentFilter, .security:
            return .failed(isFinal: true)
        case .cancelled:
            return .abandoned
        default:
            return .failed(isFinal: false)
        }
    }

    private static let shortest: Duration = .seconds(1)

    /// nil: a day's limit whose end nobody knows.
    private static func wait(after failure: ModelError) -> Duration? {
        if let wait = failure.retryAfter, wait > .zero { return max(wait, shortest) }
        return switch failure.limit {
        case .day: nil
        case .concurrency: shortest * 5
        default: .seconds(60)
        }
    }
}
