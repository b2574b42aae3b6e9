import Testing
import Tracing

@testable import AurelisTracing

@Suite("W3C trace context")
struct TraceContextTests {
    private static let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test("what is written is what was read")
    func roundTrip() throws {
        let context = try #require(TraceContext(parsing: Self.parent, state: "a=1, b=2"))
        #expect(context.parent == Self.parent)
        #expect(context.isSampled)
        #expect(context.state == "a=1, b=2")
        #expect(context.traceID.description == "4bf92f3577b34da6a3ce929d0e0e4736")
    }

    @Test(
        "what is no traceparent counts as none",
        arguments: [
            "", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
            " \(parent)", "\(parent) ",
        ]
    )
    func refusals(text: String) { #expect(TraceContext(parsing: text) == nil) }

    @Test("of a later version what is known is read")
    func laterVersion() {
        let later = "cc" + Self.parent.dropFirst(2)
        #expect(TraceContext(parsing: later)?.isSampled == true)
        #expect(TraceContext(parsing: later + "-what-comes")?.isSampled == true)
        #expect(TraceContext(parsing: later + "what-comes") == nil)
    }

    @Test(
        "a tracestate that is too long or no list of pairs is left out",
        arguments: [
            String(repeating: "a", count: 513), "novalue", "a=\u{7}",
            (0..<33).map { "k\($0)=v" }.joined(separator: ","),
        ]
    )
    func states(state: String) { #expect(TraceContext(parsing: Self.parent, state: state)?.state == "") }

    @Test("no text at all crashes it", arguments: 0..<20)
    func fuzz(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            var text = Array(Self.parent.utf8)
            for _ in 0..<generator.number(below: 6) {
                let place = generator.number(below: text.count)
                if generator.number(below: 2) == 0 {
                    text[place] = UInt8(generator.number(below: 256))
                } else {
                    text.remove(at: place)
                }
            }
            let read = String(decoding: text, as: UTF8.self)
            guard let context = TraceContext(parsing: read) else { continue }
            #expect(TraceContext(parsing: context.parent)?.traceID == context.traceID)
        }
    }

    @Test("a caller's decision holds; of all others a share is recorded, by the trace's name")
    func sampling() throws {
        let sampled = try #require(TraceContext(parsing: Self.parent))
        let not = TraceContext(traceID: sampled.traceID, spanID: 1, isSampled: false)
        #expect(Sampling(ratio: 0).samples(parent: sampled, low: 0))
        #expect(!Sampling(ratio: 1).samples(parent: not, low: 0))
        var generator = SeededGenerator(seed: 1)
        let names = (0..<10_000).map { _ in generator.next() }
        let count = names.count { Sampling(ratio: 0.1).samples(parent: nil, low: $0) }
        #expect((900...1_100).contains(count))
        #expect(!Sampling(ratio: 0).samples(parent: nil, low: 0))
        #expect(Sampling(ratio: 1).samples(parent: nil, low: .max))
        #expect(Sampling(ratio: .nan).ratio == 0)
    }
}

/// A reproducible generator.
struct SeededGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    mutating func number(below bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
