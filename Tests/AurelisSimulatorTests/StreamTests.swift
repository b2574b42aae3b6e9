import AurelisJSON
import Testing

@testable import AurelisSimulator

@Suite("Streams")
struct StreamTests {
    @Test("a stream has the platform's order of chunks")
    func order() async throws {
        try await withSimulator(unlimited()) { _, address in
            let body = Sample.chat("openai/gpt-4o", stream: true, more: #","stream_options":{"include_usage":true}"#)
            let response = try await ask(address, body)
            #expect(response.headers["content-type"] == "text/event-stream; charset=utf-8")
            #expect(response.isComplete)
            let chunks = response.chunks
            #expect(chunks[0]["choices"]?.count == 0)
            #expect(chunks[0]["prompt_filter_results"]?[0]?["prompt_index"]?.int == 0)
            #expect(chunks[1]["choices"]?[0]?["delta"]?["role"]?.string == "assistant")
            #expect(chunks[chunks.count - 2]["choices"]?[0]?["finish_reason"]?.string == "stop")
            #expect(chunks[chunks.count - 1]["choices"]?.count == 0)
            #expect(try #require(chunks[chunks.count - 1]["usage"]?["total_tokens"]?.int) > 0)
            #expect(chunks[2]["usage"]?.isNull == true)
            #expect(response.events.last == "[DONE]")
        }
    }

    @Test("the pieces join to the text of the whole answer, on every path")
    func sameText() async throws {
        try await withSimulator(unlimited()) { _, address in
            let whole = try await ask(address, Sample.chat("openai/gpt-4o-mini", "Explain caching"))
            let text = try whole.json["choices"]?[0]?["message"]?["content"]?.string
            let stream = try await ask(address, Sample.chat("openai/gpt-4o-mini", "Explain caching", stream: true))
            #expect(stream.streamedText == text)
            #expect(stream.chunks[1]["id"]?.string == (try whole.json["id"]?.string))
            let legacy = try await exchange(
                address,
                "POST",
                "/chat/completions",
                Sample.chat("gpt-4o-mini", "Explain caching", stream: true)
            )
            #expect(legacy.body == stream.body)
        }
    }

    @Test("chunks hold whole words")
    func words() throws {
        let answer = try #require(
            interpret(Sample.chat("openai/gpt-4o", "Tell me something long", stream: true)).answer
        )
        let pieces = answer.events.compactMap { event in
            (try? JSONDocument(event.data))?["choices"]?[0]?["delta"]?["content"]?.string
        }
        for piece in pieces.dropFirst(2) { #expect(piece.first?.isWhitespace == true) }
        #expect(answer.events.contains { $0.tokens > 1 })
    }

    @Test("a tool call is streamed as its name and then its arguments in pieces")
    func toolCall() async throws {
        try await withSimulator(unlimited()) { _, address in
            let tool =
                #"{"type":"function","function":{"name":"plan","parameters":{"type":"object","properties":{"title":{"type":"string","minLength":30},"days":{"type":"integer"}},"required":["title","days"]}}}"#
            let response = try await ask(
                address,
                Sample.chat("openai/gpt-4o", stream: true, more: #","tools":[\#(tool)]"#)
            )
            let calls = response.chunks.compactMap { $0["choices"]?[0]?["delta"]?["tool_calls"]?[0] }
            #expect(calls[0]["id"]?.string?.hasPrefix("call_") == true)
            #expect(calls[0]["function"]?["name"]?.string == "plan")
            #expect(calls.count > 3)
            #expect(calls.dropFirst().allSatisfy { $0["id"] == nil && $0["index"]?.int == 0 })
            let arguments = try JSONDocument(calls.map { $0["function"]?["arguments"]?.string ?? "" }.joined())
            #expect(arguments["title"]?.string != nil && arguments["days"]?.int != nil)
            #expect(response.chunks.contains { $0["choices"]?[0]?["finish_reason"]?.string == "tool_calls" })
        }
    }

    @Test("several choices are streamed with their numbers, each to its end")
    func choices() async throws {
        try await withSimulator(unlimited()) { _, address in
            let response = try await ask(address, Sample.chat("openai/gpt-4o", stream: true, more: #","n":2"#))
            let ends = response.chunks.filter { $0["choices"]?[0]?["finish_reason"]?.string == "stop" }
            #expect(ends.map { $0["choices"]?[0]?["index"]?.int } == [0, 1])
        }
    }

    @Test("with delays, tokens come one chunk after another as the clock moves")
    func latency() async throws {
        let configuration = unlimited {
            $0.latency = SimulatorLatency(firstToken: .seconds(2), perToken: .seconds(1))
        }
        try await withSimulator(configuration, clock: .stopped) { simulator, address in
            try await withConnection(to: address) { connection in
                try await connection.send(
                    Sample.request("POST", "/v1/chat/completions", Sample.chat(stream: true, more: #","max_tokens":9"#))
                )
                await simulator.waitForLog { $0.count == 1 }
                #expect(simulator.requestLog[0].status == nil, "headers come with the first token")
                simulator.advance(by: .seconds(2))
                await simulator.waitForLog { $0.first?.status == 200 }
                #expect(!simulator.requestLog[0].isFinished)
                simulator.advance(by: .seconds(8))
                #expect(!simulator.requestLog[0].isFinished)
                simulator.advance(by: .seconds(1))
                let response = try await connection.response()
                #expect(response.events.last == "[DONE]")
            }
        }
    }

    @Test("an answer that is not streamed takes the sum of the delays")
    func wholeLatency() async throws {
        let configuration = unlimited {
            $0.latency = SimulatorLatency(firstToken: .seconds(2), perToken: .seconds(1))
        }
        try await withSimulator(configuration, clock: .stopped) { simulator, address in
            async let response = ask(address, Sample.chat(more: #","max_tokens":9"#))
            await simulator.waitForLog { $0.count == 1 }
            simulator.advance(by: .seconds(10.9))
            #expect(simulator.requestLog[0].status == nil)
            simulator.advance(by: .seconds(0.1))
            let status = try await response.status
            #expect(status == 200)
        }
    }
}
