import Aurelis
import AurelisTesting
import Testing

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
        var random = SplitMix64(seed: seed)
        for _ in 0..<200 {
            var text = Array(Self.parent.utf8)
            for _ in 0..<Int.random(in: 0..<6, using: &random) {
                let place = Int.random(in: 0..<text.count, using: &random)
                if Bool.random(using: &random) {
                    text[place] = .random(in: .min ... .max, using: &random)
                } else {
                    text.remove(at: place)
                }
            }
            let read = String(decoding: text, as: UTF8.self)
            guard let context = TraceContext(parsing: read) else { continue }
            #expect(TraceContext(parsing: context.parent)?.traceID == context.traceID)
        }
    }
}
