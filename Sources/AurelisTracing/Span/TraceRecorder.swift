package import Tracing

/// The tracer: decides which traces are recorded, names spans, reads and writes W3C's header fields.
///
///     let tracer = TraceRecorder(sampling: Sampling(ratio: 0.1)) { span in queue.append(span) }
///     let orchestrator = ModelOrchestrator(providers: [provider], tracer: tracer)
package final class TraceRecorder: Tracer {
    /// What it makes.
    package typealias Span = RecordedSpan

    private let sampling: Sampling
    private let propagates: Bool
    private let random: @Sendable () -> UInt64
    private let finish: @Sendable (FinishedSpan) -> Void

    /// A tracer.
    ///
    /// - Parameters:
    ///   - propagates: whether those who are asked are told of the trace.
    ///   - random: where the names of traces and spans come from.
    ///   - finish: takes a span that has ended; neither waits nor blocks.
    package init(
        sampling: Sampling,
        propagates: Bool = true,
        random: @escaping @Sendable () -> UInt64 = { .random(in: .min ... .max) },
        finish: @escaping @Sendable (FinishedSpan) -> Void
    ) {
        self.sampling = sampling
        self.propagates = propagates
        self.random = random
        self.finish = finish
    }

    /// Begins a span; one of a trace that is not recorded costs next to nothing.
    package func startSpan<Instant: TracerInstant>(
        _ operationName: String,
        context: @autoclosure () -> ServiceContext,
        ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant,
        function: String,
        file fileID: String,
        line: UInt
    ) -> RecordedSpan {
        var context = context()
        let parent = context.trace
        let low = parent?.traceID.low ?? random() | 1
        guard sampling.samples(parent: parent, low: low) else {
            // Who is asked learns of the caller's trace, as if nobody had been in between.
            return parent == nil ? .none : RecordedSpan(unrecorded: context)
        }
        // Most requests are not recorded, and need no name.
        let traceID = parent?.traceID ?? TraceContext.TraceID(high: random(), low: low)
        let place = TraceContext(traceID: traceID, spanID: random() | 1, isSampled: true, state: parent?.state ?? "")
        context.trace = place
        let span = FinishedSpan(
            context: place,
            parent: parent?.spanID,
            name: operationName,
            kind: kind,
            start: instant().nanosecondsSinceEpoch,
            end: 0,
            attributes: [:]
        )
        return RecordedSpan(span, context: context, finish: finish)
    }

    /// Nothing: spans leave by themselves.
    package func forceFlush() {}

    /// Reads `traceparent` and `tracestate`.
    package func extract<Carrier, Extract>(
        _ carrier: Carrier,
        into context: inout ServiceContext,
        using extractor: Extract
    ) where Extract: Extractor, Extract.Carrier == Carrier {
        guard let parent = extractor.extract(key: "traceparent", from: carrier) else { return }
        let state = extractor.extract(key: "tracestate", from: carrier)
        context.trace = TraceContext(parsing: parent, state: state) ?? context.trace
    }

    /// Writes `traceparent` and `tracestate`.
    package func inject<Carrier, Inject>(
        _ context: ServiceContext,
        into carrier: inout Carrier,
        using injector: Inject
    ) where Inject: Injector, Inject.Carrier == Carrier {
        guard propagates, let trace = context.trace else { return }
        injector.inject(trace.parent, forKey: "traceparent", into: &carrier)
        if !trace.state.isEmpty { injector.inject(trace.state, forKey: "tracestate", into: &carrier) }
    }
}
