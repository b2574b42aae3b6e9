extension ModelOrchestrator {
    /// Opens a stream and waits for its first content, no longer than the first-token limit allows; then, for one that
    /// shall go on with an answer, until it has reached the place where that answer broke off.
    func open(
        _ call: ModelCall,
        on candidate: Candidate,
        prefill: String? = nil,
        seam: StreamResume? = nil,
        timeout: Duration,
        _ hold: QuotaHold?,
        _ span: RequestSpans.Attempt?
    ) async throws(ModelError) -> OpenedStream {
        // Who named a deadline, and has nobody to fall back to, has chosen how long silence is worth waiting.
        let waits = call.timeout != nil && call.isWithoutAlternative
        let limit = waits ? timeout : min(timeout, configuration.firstTokenTimeout)
        let slot = limiters.isEmpty ? nil : try await slot(for: candidate, within: limit)
        let attempt = providerAttempt(call, on: candidate, prefill: prefill, timeout: limit, hold, span)
        let events: any ProviderStream =
            switch try await candidate.provider.send(attempt) {
            case .stream(let events): events
            case .whole(let document): try WholeAnswerStream(document, includesUsage: call.includesUsage)
            }
        var opened = OpenedStream(events, slot: slot, hold: hold)
        try await opened.awaitContent()
        guard let seam else { return opened }
        return try await align(opened, to: seam, within: timeout)
    }

    private func align(
        _ opened: OpenedStream,
        to seam: StreamResume,
        within limit: Duration
    ) async throws(ModelError) -> OpenedStream {
        let stall = configuration.stallTimeout
        let aligned = try await within(limit, time: time) { [time] () async throws(ModelError) -> OpenedStream in
            var stream = opened
            do throws(ModelError) {
                try await stream.align(to: seam, stall: stall, time: time)
            } catch {
                opened.source.cancel()
                throw error
            }
            return stream
        }
        guard let aligned else {
            throw ModelError(.timeout, "it did not reach the place of the break in time", code: "resume_timeout")
        }
        return aligned
    }

    /// The right to have one more request under way at a candidate's provider; nil where nothing limits it.
    func slot(
        for candidate: Candidate,
        within limit: Duration
    ) async throws(ModelError) -> ConcurrencyLimiter.Slot? {
        guard let limiter = limiters[candidate.provider.id] else { return nil }
        return try await limiter.slot(within: limit, time: time)
    }
}
