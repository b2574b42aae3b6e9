extension ModelError {
    /// A stream came where a whole answer was asked for, or the reverse.
    static var wrongShape: ModelError {
        ModelError(.upstream, "the provider answered in another form than was asked for", code: "invalid_answer")
    }

    /// The circuit of a route is open, or its probes are under way.
    static func circuitOpen(for remaining: Duration) -> ModelError {
        let wait = max(remaining, .seconds(1))
        var error = ModelError(
            .modelUnavailable,
            "not asked: it failed too often just now, the next probe is due in \(wait.briefly)",
            code: "circuit_open"
        )
        error.retryAfter = wait
        return error
    }

    /// This failure, with the place where it happened.
    func at(_ candidate: Candidate) -> ModelError {
        var error = self
        error.provider = provider ?? candidate.provider.id
        error.model = model ?? candidate.model.id
        // Providers like to repeat what they refuse, and the message goes to logs, traces and records.
        error.message = Redaction.standard.text(message)
        return error
    }

    /// Whether it says that there was no room yet, before anything was sent.
    var isWait: Bool {
        guard trace?.upstreamAttempts ?? 0 == 0 else { return false }
        return switch category {
        case .rateLimit: true
        case .overloaded, .modelUnavailable: retryAfter != nil
        default: false
        }
    }

    /// The task was cancelled: nobody waits for the answer any more.
    static var callerGone: ModelError { ModelError(.cancelled, "the caller went away") }
}
