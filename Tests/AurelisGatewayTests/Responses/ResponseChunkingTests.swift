import Aurelis
import AurelisJSON
import Testing

@testable import AurelisGateway

/// An answer that is cut into chunks in many ways.
@Suite("Responses: generated chunkings")
struct ResponseChunkingTests {
    /// An answer, as a provider would tell it.
    struct Answer {
        var text: [String]
        var refusal: [String]
        var calls: [(id: String, name: String, arguments: [String])]
        var reason: String
        var usage: String?

        /// Texts are lists of what stands for one UTF-16 unit between quotes, so that a cut may halve a character.
        static func generated(by random: inout SplitMix64) -> Answer {
            let alphabet = [
                ["a"], [" "], ["é"], ["\\n"], ["\\\""], ["\\\\"], ["\\u00e4"], ["\\ud83d", "\\ude00"], ["字"], ["\\/"],
            ]
            func text(_ most: Int, halves: Bool = true) -> [String] {
                (0..<Int.random(in: 0...most, using: &random)).flatMap { _ in
                    let units = alphabet.randomElement(using: &random) ?? ["a"]
                    return halves ? units : [units.joined()]
                }
            }
            let calls = (0..<Int.random(in: 0...3, using: &random)).map { index in
                (id: "call_\(index)", name: "f\(index)", arguments: text(12))
            }
            let usage = #"{"prompt_tokens":\#(Int.random(in: 0...99, using: &random)),"completion_tokens":3}"#
            return Answer(
                // A call may begin between two pieces, and then they are in two messages.
                text: text(30, halves: calls.isEmpty),
                refusal: Int.random(in: 0..<4, using: &random) == 0 ? text(8, halves: calls.isEmpty) : [],
                calls: calls,
                reason: ["stop", "length", "content_filter", "tool_calls"].randomElement(using: &random) ?? "stop",
                usage: Bool.random(using: &random) ? usage : nil
            )
        }

        var whole: JSONDocument {
            let calls = self.calls.map {
                #"{"id":"\#($0.id)","type":"function","function":{"name":"\#($0.name)","arguments":"\#($0.arguments.joined())"}}"#
            }
            return Samples.document(
                #"{"created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"\#(text.joined())","refusal":"\#(refusal.joined())","tool_calls":[\#(calls.joined(separator: ","))]},"finish_reason":"\#(reason)"}],"usage":\#(usage ?? "null")}"#
            )
        }

        /// The deltas of a way to tell it: pieces in their own order, and among each other in any.
        func chunks(by random: inout SplitMix64) throws -> [ProviderEvent] {
            func pieces(_ units: [String]) -> [String] {
                var pieces: [String] = []
                var rest = units[...]
                while !rest.isEmpty {
                    let count = Int.random(in: 1...max(1, min(5, rest.count)), using: &random)
                    pieces.append(rest.prefix(count).joined())
                    rest = rest.dropFirst(count)
                }
                return pieces
            }
            var queues = [
                pieces(text).map { #"{"content":"\#($0)"}"# }, pieces(refusal).map { #"{"refusal":"\#($0)"}"# },
            ]
            for (index, call) in calls.enumerated() {
                var deltas = pieces(call.arguments).map {
                    #"{"tool_calls":[{"index":\#(index),"function":{"arguments":"\#($0)"}}]}"#
                }
                let head = #"{"index":\#(index),"id":"\#(call.id)","function":{"name":"\#(call.name)","arguments":""}}"#
                deltas.insert(#"{"tool_calls":[\#(head)]}"#, at: 0)
                queues.append(deltas)
            }
            var chunks = [try Self.chunk(#"{"role":"assistant","content":""}"#)]
            while let queue = queues.indices.filter({ !queues[$0].isEmpty }).randomElement(using: &random) {
                if Int.random(in: 0..<8, using: &random) == 0 { chunks.append(Samples.event(#"{"choices":[]}"#)) }
                if Int.random(in: 0..<8, using: &random) == 0 { chunks.append(try Self.chunk("{}")) }
                chunks.append(try Self.chunk(queues[queue].removeFirst()))
            }
            let isOwn = Bool.random(using: &random)
            let finish =
                #"{"choices":[{"index":0,"delta":{},"finish_reason":"\#(reason)"}],"usage":\#(isOwn ? "null" : usage ?? "null")}"#
            chunks.append(Samples.event(finish))
            if isOwn, let usage { chunks.append(Samples.event(#"{"choices":[],"usage":\#(usage)}"#)) }
            return chunks + [.done]
        }

        private static func chunk(_ delta: String) throws -> ProviderEvent {
            let text = #"{"created":1,"model":"m","choices":[{"index":0,"delta":\#(delta),"finish_reason":null}]}"#
            return ProviderEvent(raw: [], chunk: try JSONDocument(text, limits: .response))
        }
    }

    @Test(
        "in whatever pieces an answer comes, its events are in order and tell what the whole answer tells",
        arguments: 0..<300
    )
    func chunkings(seed: Int) throws {
        var random = SplitMix64(state: UInt64(seed))
        let answer = Answer.generated(by: &random)
        let frame = try ResponseStreamTests.frame()
        let whole = ResponseSummary(try JSONDocument(frame.response(of: answer.whole)).root)
        #expect(whole.text == answer.whole["choices"]?[0]?["message"]?["content"]?.string)
        for _ in 0..<4 {
            let events = try ResponseStreamTests.events(answer.chunks(by: &random))
            let reader = try ResponseReader(events)
            #expect(ResponseSummary(try #require(reader.response)) == whole)
            let types = reader.types
            #expect(types.first == "response.created" && types.filter { $0 == "response.in_progress" }.count == 1)
            #expect(["response.completed", "response.incomplete"].contains(types.last))
        }
    }

    @Test("wherever an answer breaks off, the response fails with what came before", arguments: 0..<100)
    func breaks(seed: Int) throws {
        var random = SplitMix64(state: UInt64(seed) &+ 1_000)
        let chunks = try Answer.generated(by: &random).chunks(by: &random).dropLast()
        var stream = ResponseStream(try ResponseStreamTests.frame())
        var events: [ResponseEvent] = []
        for chunk in chunks.prefix(Int.random(in: 0...chunks.count, using: &random)) {
            events += try stream.take(chunk)
        }
        events += stream.fail(ModelError(.connection, "cut"))
        let reader = try ResponseReader(events)
        #expect(reader.types.suffix(2) == ["response.failed", "error"])
        #expect(reader.response?["output"]?.count == reader.items.count)
    }
}
