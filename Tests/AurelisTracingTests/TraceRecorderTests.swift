import Aurelis
import AurelisTesting
import AurelisTracing
import Synchronization
import Testing

@Suite("The gateway's own tracer")
struct TraceRecorderTests {
    private static let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    private let finished = Finished()

    private func tracer(ratio: Double = 1, propagates: Bool = true) -> TraceRecorder {
        let random = Mutex(SplitMix64(seed: 7))
        return TraceRecorder(
            sampling: Sampling(ratio: ratio),
            propagates: propagates,
            number: { random.withLock { $0.next() } },
            finish: { [finished] in finished.take($0) }
        )
    }

    private func root(_ start: UInt64 = 1) -> SpanRecord { SpanRecord("aurelis.chat", .server, start: start) }

    private func attempt() -> SpanRecord { SpanRecord("chat", model: "gpt-4o", .client, start: 2) }

    @Test("a trace goes on with the caller's, and tells the attempt's own name to whoever is asked")
    func propagation() throws {
        let fields = TraceFields([("traceparent", Self.parent), ("tracestate", "a=1")])
        let trace = try #require(tracer(ratio: 0).begin(root(), after: fields))
        var attempt = attempt()
        let told = trace.open(&attempt)
        trace.close(attempt)
        trace.end(root())
        let whole = try #require(finished.all.first)
        #expect(whole.parent == 0x00f0_67aa_0ba9_02b7)
        #expect(whole.context.traceID.description == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(whole.spans.map(\.name) == ["chat gpt-4o", "aurelis.chat"])
        #expect(whole.spans.last?.id == whole.context.spanID)
        var place = whole.context
        place.spanID = try #require(whole.spans.first?.id)
        #expect(told == TraceFields([("traceparent", place.parent), ("tracestate", "a=1")]))
        #expect(Set([place.spanID, whole.context.spanID, 0x00f0_67aa_0ba9_02b7]).count == 3)
    }

    @Test("a trace that its caller does not record is passed on and costs nothing")
    func unrecorded() throws {
        let fields = TraceFields([("traceparent", Self.parent.dropLast() + "0"), ("tracestate", "a=1")])
        let trace = try #require(tracer().begin(root(), after: fields))
        #expect(trace.place == nil)
        var attempt = attempt()
        #expect(trace.open(&attempt) == fields)
        trace.close(attempt)
        trace.end(root())
        #expect(finished.all.isEmpty)
    }

    @Test("without a caller's trace and outside of the share there is nothing, not even for providers")
    func outside() {
        for fields in [nil, TraceFields(), TraceFields([("traceparent", "nonsense"), ("tracestate", "a=1")])] {
            #expect(tracer(ratio: 0).begin(root(), after: fields) == nil)
        }
    }

    @Test("who is not to be told is not told")
    func silence() throws {
        let tracer = tracer(propagates: false)
        let trace = try #require(tracer.begin(root(), after: TraceFields([("traceparent", Self.parent)])))
        var attempt = attempt()
        #expect(trace.place != nil)
        #expect(trace.open(&attempt).isEmpty)
        let unsampled = TraceFields([("traceparent", Self.parent.dropLast() + "0")])
        #expect(tracer.begin(root(), after: unsampled) == nil)
    }

    @Test("a request's spans leave as one when it has ended; what comes later leaves by itself, in the same trace")
    func late() throws {
        let trace = try #require(tracer().begin(root(), after: nil))
        var attempt = attempt()
        _ = trace.open(&attempt)
        trace.close(SpanRecord("aurelis.route", .internal, start: 1))
        #expect(finished.all.isEmpty)
        trace.end(root())
        trace.close(attempt)
        #expect(finished.all.map { $0.spans.map(\.action) } == [["aurelis.route", "aurelis.chat"], ["chat"]])
        #expect(Set(finished.all.map(\.context)).count == 1)
        #expect(Set(finished.all.flatMap { $0.spans.map(\.id) }).count == 3)
    }

    @Test("a request of very many parts does not keep them all")
    func portions() throws {
        let trace = try #require(tracer().begin(root(), after: nil))
        for _ in 0..<200 { trace.close(SpanRecord("aurelis.wait", .internal, start: 1)) }
        trace.end(root())
        #expect(finished.all.map(\.spans.count) == [64, 64, 64, 9])
    }

    @Test("names are distinct and none is zero")
    func names() throws {
        let tracer = TraceRecorder(sampling: Sampling(ratio: 1)) { [finished] in finished.take($0) }
        for _ in 0..<1_000 {
            let trace = try #require(tracer.begin(root(), after: nil))
            trace.close(SpanRecord("aurelis.route", .internal, start: 1))
            trace.end(root())
        }
        #expect(Set(finished.all.map(\.context.traceID)).count == 1_000)
        #expect(Set(finished.all.flatMap { $0.spans.map(\.id) }).subtracting([0]).count == 2_000)
        let zero = TraceRecorder(sampling: Sampling(ratio: 1), number: { 0 }) { [finished] in finished.take($0) }
        let trace = try #require(zero.begin(root(), after: nil))
        trace.end(root())
        #expect(finished.all.last?.context.parent == "00-00000000000000000000000000000001-0000000000000001-01")
    }

    @Test("a caller's decision holds; of all others a share is recorded, by the trace's name")
    func sampling() throws {
        let sampled = try #require(TraceContext(parsing: Self.parent))
        let not = TraceContext(traceID: sampled.traceID, spanID: 1, isSampled: false)
        #expect(Sampling(ratio: 0).samples(parent: sampled, low: 0))
        #expect(!Sampling(ratio: 1).samples(parent: not, low: 0))
        let numbers = DistinctNumbers()
        var random = SplitMix64(seed: 1)
        for next in [{ random.next() }, { numbers.next() }] {
            let count = (0..<10_000).count { _ in Sampling(ratio: 0.1).samples(parent: nil, low: next()) }
            #expect((850...1_150).contains(count))
        }
        #expect(!Sampling(ratio: 0).samples(parent: nil, low: 0))
        #expect(Sampling(ratio: 1).samples(parent: nil, low: .max))
        #expect(Sampling(ratio: .nan).ratio == 0)
    }
}

/// Traces that have ended.
final class Finished: Sendable {
    private let traces = Mutex<[FinishedTrace]>([])

    var all: [FinishedTrace] { traces.withLock { $0 } }

    func take(_ trace: FinishedTrace) { traces.withLock { $0.append(trace) } }
}
