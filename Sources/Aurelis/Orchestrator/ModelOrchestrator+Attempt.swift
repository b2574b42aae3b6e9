internal import AurelisJSON

extension ModelOrchestrator {
    /// A call as a candidate is asked it.
    func providerAttempt(
        _ call: ModelCall,
        on candidate: Candidate,
        prefill: String? = nil,
        timeout: Duration,
        _ hold: QuotaHold?,
        _ span: RequestSpans.Attempt?
    ) -> ProviderAttempt {
        var body = call.body
        if let limit = clamp(call, for: candidate) {
            for field in Self.answerLimits where body[field] != nil { body.set(field, to: .int(limit)) }
        }
        var attempt = ProviderAttempt(
            operation: call.operation,
            model: candidate.model,
            body: body,
            stream: call.stream,
            prefill: prefill,
            requestID: call.id,
            timeout: timeout
        )
        if let span { attempt.traceFields = span.fields }
        if let hold { attempt.onSending = { [time] in hold.sending(at: time.now) } }
        return attempt
    }

    /// How long an answer is asked for where the caller wants a longer one than the model gives; nil: as the caller says.
    func clamp(_ call: ModelCall, for candidate: Candidate) -> Int? {
        guard configuration.clampsMaxTokens, let limit = candidate.model.outputLimit else { return nil }
        let isBeyond = Self.answerLimits.contains { (call.body[$0]?.int ?? 0) > limit }
        return isBeyond ? limit : nil
    }

    private static let answerLimits = ["max_tokens", "max_completion_tokens"]
}
