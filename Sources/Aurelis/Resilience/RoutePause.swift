extension ModelError {
    /// How long nobody should ask this model again, after what the provider has said; nil when it said nothing.
    var pause: (duration: Duration, cause: Category)? {
        switch category {
        case .rateLimit:
            guard let retryAfter, retryAfter > .zero else { return nil }
            return (min(retryAfter, Self.longestPause), .rateLimit)
        case .retired:
            // A model that is gone stays gone; asking once an hour finds out whether that was a mistake.
            return (.seconds(3_600), .retired)
        default:
            return nil
        }
    }

    /// Nobody keeps a promise for longer; a header that says so is a mistake.
    private static let longestPause: Duration = .seconds(86_400)

    /// Nothing was sent, because the provider has asked for a pause.
    static func paused(for remaining: Duration, _ cause: Category) -> ModelError {
        let reason = cause == .rateLimit ? "the provider asked for a pause" : "it has retired"
        var error = ModelError(cause, "not asked: \(reason), for \(remaining.briefly) more", code: "paused")
        error.retryAfter = remaining
        return error
    }
}
