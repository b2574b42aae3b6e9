import AurelisJSON
import AurelisTesting
import Synchronization
import Testing

@testable import Aurelis

@Suite("Safety: placeholders become credentials again")
struct RestorationTests {
    private let secret = SeededSecret.all(seed: 41)[0].value
    private let placeholder = "[redacted:github_token:1]"

    private func restoration(_ value: String) -> SecretRestoration {
        SecretRestoration([placeholder: Array(value.utf8)])
    }

    @Test("a whole answer: in texts, and in arguments, which are JSON in a string")
    func whole() throws {
        let value = "line \"1\"\nline \\2"
        let arguments = JSONFragment.object([("key", .string(placeholder))]).description
        let message = JSONFragment.object([
            ("content", .string("it is \(placeholder), \(placeholder) [x]")),
            ("tool_calls", .array([.object([("function", .object([("arguments", .string(arguments))]))])])),
        ])
        let document = try JSONDocument(
            JSONFragment.object([("choices", .array([.object([("message", message)])]))]).bytes
        )
        let restored = restoration(value).restored(document)["choices"]?[0]?["message"]
        #expect(restored?["content"]?.string == "it is \(value), \(value) [x]")
        let inner = try #require(restored?["tool_calls"]?[0]?["function"]?["arguments"]?.string)
        #expect(try JSONDocument(inner)["key"]?.string == value)
    }

    @Test("of many placeholders each finds its own value")
    func many() throws {
        let names = (1...300).map { "[redacted:github_token:\($0)]" }
        let values = Dictionary(
            uniqueKeysWithValues: names.map { ($0, Array("value of \($0.count) \($0.dropFirst())".utf8)) }
        )
        let text = names.reversed().joined(separator: " [")
        let expected = names.reversed().map { String(decoding: values[$0] ?? [], as: UTF8.self) }.joined(
            separator: " ["
        )
        let restored = SecretRestoration(values).restored(text, .plain)
        #expect(restored.text == expected && restored.held.isEmpty)
    }

    @Test("a stream, wherever it is cut", arguments: 1...26)
    func cuts(length: Int) async throws {
        let text = "[a] \(placeholder)[redacted: and \(placeholder) end [redact"
        let pieces = stride(from: 0, to: text.count, by: length).map { String(text.dropFirst($0).prefix(length)) }
        var events = try pieces.map { piece in try ScriptedAnswer.chunk { $0.field("content", piece) } }
        events.append(try ScriptedAnswer.chunk(finishReason: "stop") { _ in })
        events.append(.done)
        let received = try await receive(events)
        #expect(received.text == text.replacing(placeholder, with: secret))
        #expect(received.events.last?.isDone == true)
        let finish = received.events.firstIndex { $0.chunk?["choices"]?[0]?["finish_reason"]?.string == "stop" }
        #expect(finish == received.events.count - 2)
    }

    @Test("the arguments of a tool call in a stream stay JSON")
    func arguments() async throws {
        let json = JSONFragment.object([("a", .string("x \(placeholder)"))]).description
        var events: [ProviderEvent] = []
        for character in json {
            let arguments = JSONFragment.string(String(character)).description
            let tools =
                #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":\#(arguments)}}]}}]}"#
            events.append(try ScriptedAnswer.event(Array(tools.utf8)))
        }
        events.append(.done)
        let received = try await receive(events, value: "a\"b\n")
        let text = received.events.compactMap {
            $0.chunk?["choices"]?[0]?["delta"]?["tool_calls"]?[0]?["function"]?["arguments"]?.string
        }.joined()
        #expect(try JSONDocument(text)["a"]?.string == "x a\"b\n")
    }

    @Test("what is held back comes before the news that the rest does not")
    func broken() async throws {
        let events = [try ScriptedAnswer.chunk { $0.field("content", "it is [redacted:git") }]
        let received = try await receive(events, ending: ModelError(.connection, "gone"))
        #expect(received.text == "it is [redacted:git")
        #expect(received.failure?.category == .connection)
    }

    @Test("choices are kept apart")
    func choices() async throws {
        func chunk(_ index: Int, _ text: String) throws -> ProviderEvent {
            let delta = #"{"choices":[{"index":\#(index),"delta":{"content":"\#(text)"}}]}"#
            return try ScriptedAnswer.event(Array(delta.utf8))
        }
        let events = [
            try chunk(0, "[redacted:github"), try chunk(1, "[redacted:"), try chunk(0, "_token:1]"), try chunk(1, "x"),
            .done,
        ]
        let received = try await receive(events)
        func text(_ index: Int) -> String {
            received.events.compactMap { event in
                let choice = event.chunk?["choices"]?[0]
                return choice?["index"]?.int == index ? choice?["delta"]?["content"]?.string : nil
            }.joined()
        }
        #expect(text(0) == secret)
        #expect(text(1) == "[redacted:x")
    }

    private func receive(
        _ events: [ProviderEvent],
        value: String? = nil,
        ending: ModelError? = nil
    ) async throws -> (text: String, events: [ProviderEvent], failure: ModelError?) {
        let stream = RestoringStream(ListedEvents(events, ending: ending), restoration(value ?? secret))
        var received: [ProviderEvent] = []
        var failure: ModelError?
        do {
            while let event = try await stream.next() {
                received.append(event)
                if event.isDone { break }
            }
        } catch {
            failure = error
        }
        let text = received.compactMap { $0.chunk?["choices"]?[0]?["delta"]?["content"]?.string }.joined()
        for event in received where event.chunk != nil {
            // What is passed on is what was read.
            #expect(event.raw == Array("data: ".utf8) + (event.chunk?.bytes ?? []) + Array("\n\n".utf8))
        }
        return (text, received, failure)
    }
}

/// Some events, and then an error or nothing.
private final class ListedEvents: ReplySource {
    private let state: Mutex<[ProviderEvent]>
    private let ending: ModelError?

    init(_ events: [ProviderEvent], ending: ModelError?) {
        state = Mutex(events)
        self.ending = ending
    }

    func next() async throws(ModelError) -> ProviderEvent? {
        if let event = state.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { return event }
        if let ending { throw ending }
        return nil
    }

    func cancel() {}
    var finishReason: FinishReason? { nil }
    var usage: TokenUsage? { nil }
    var continuation: (route: Route, trace: RouteTrace)? { nil }
}
