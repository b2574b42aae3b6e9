package import Aurelis

/// The gateway's own tracer: decides which traces are recorded, names traces and spans, reads and tells W3C's fields.
///
///     let tracer = TraceRecorder(sampling: Sampling(ratio: 0.1)) { trace in queue.append(trace) }
///     let orchestrator = ModelOrchestrator(providers: [provider], tracing: tracer)
package final class TraceRecorder: RequestTracer {
    /// Whether those who are asked are told of the trace.
    let propagates: Bool
    /// Takes spans that have ended.
    let finish: @Sendable (FinishedTrace) -> Void
    private let sampling: Sampling
    private let number: @Sendable () -> UInt64

    private static let numbers = DistinctNumbers()

    /// A tracer.
    ///
    /// - Parameters:
    ///   - propagates: whether those who are asked are told of the trace.
    ///   - number: where the names of traces and spans come from.
    ///   - finish: takes spans that have ended; neither waits nor blocks.
    package init(
        sampling: Sampling,
        propagates: Bool = true,
        number: @escaping @Sendable () -> UInt64 = { TraceRecorder.numbers.next() },
        finish: @escaping @Sendable (FinishedTrace) -> Void
    ) {
        self.sampling = sampling
        self.propagates = propagates
        self.number = number
        self.finish = finish
    }

    /// Begins a trace, or goes on with the caller's; one that is not recorded costs next to nothing.
    package func begin(_ root: SpanRecord, after fields: TraceFields?) -> (any RequestTrace)? {
        let caller = fields.flatMap(TraceContext.init(reading:))
        let low = caller?.traceID.low ?? spanID()
        guard sampling.samples(parent: caller, low: low) else {
            guard propagates, let caller else { return nil }
            return UnrecordedTrace(TraceFields(telling: caller))
        }
        // Most requests are not recorded, and need no name.
        let trace = caller?.traceID ?? TraceContext.TraceID(high: number(), low: low)
        let context = TraceContext(traceID: trace, spanID: spanID(), isSampled: true, state: caller?.state ?? "")
        return RecordedTrace(context, after: caller?.spanID, by: self)
    }

    /// A name for a span: all but zero.
    func spanID() -> UInt64 {
        let number = number()
        return number == 0 ? 1 : number
    }
}
