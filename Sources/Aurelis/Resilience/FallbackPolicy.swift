extension ModelError.Category {
    /// Whether another model might answer what this one did not.
    ///
    /// A refusal that the caller caused (authentication, permission, content filter, invalid request, security) would
    /// only be repeated elsewhere, and would hide its reason.
    var allowsFallback: Bool {
        switch self {
        case .rateLimit, .quota, .contextLength, .modelUnavailable, .retired, .timeout, .connection, .upstream,
            .notCached, .overloaded:
            true
        default: false
        }
    }
}

extension ModelError {
    /// Whether another model might answer; what a caller's own key does not allow, it allows nowhere.
    var allowsFallback: Bool { key == nil && category.allowsFallback }

    /// This failure or an earlier one of the same request, whichever tells the caller more.
    ///
    /// The latest counts, but "nobody here serves that model" does not hide that the model asked first is only busy.
    func moreTelling(than earlier: ModelError?) -> ModelError {
        guard let earlier, earlier.isPassing, category.allowsFallback, !isPassing else { return self }
        return earlier
    }

    /// Whether the same request may succeed later.
    private var isPassing: Bool {
        switch category {
        case .rateLimit, .timeout, .connection, .upstream, .overloaded: true
        default: retryAfter != nil
        }
    }
}
