extension ModelOrchestrator {
    /// Begins the spans of a call, if it is traced and has none yet.
    func trace(_ call: inout ModelCall, since start: ContinuousClock.Instant) {
        guard let tracer, call.spans == nil else { return }
        call.spans = RequestSpans(of: call, by: tracer, at: start, wallClock)
    }

    /// Tells of a look into the cache.
    ///
    /// - Parameter start: nil when nobody wants to know.
    func lookedUp(_ call: ModelCall, since start: ContinuousClock.Instant?, _ hit: CacheHit?) {
        guard let spans = call.spans, let start else { return }
        let layer = SpanFact(.cacheLayer, .word(hit?.layer.rawValue ?? "none"))
        spans.stage("aurelis.cache.lookup", from: start, to: time.now, layer)
    }

    /// Tells of a wait.
    func waited(_ call: ModelCall, since start: ContinuousClock.Instant, reason: String) {
        guard let spans = call.spans else { return }
        spans.waited(reason, from: start, to: time.now)
    }
}

/// Somebody for whom records are made that nobody else wants.
struct NobodyRecords: RequestRecorder {
    func record(_ record: RequestRecord) {}
}
