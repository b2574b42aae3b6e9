import AurelisJSON
import AurelisTesting
import Testing

@testable import Aurelis

@Suite("Safety: limits of a prompt")
struct PromptLimitTests {
    private func refusal(_ body: String, _ operation: ModelOperation = .chatCompletion) throws -> ModelError? {
        var configuration = SafetyConfiguration()
        configuration.limits.prompt = 100
        configuration.limits.systemPrompt = 10
        configuration.limits.metadata = 40
        let call = try ModelCall(reading: try JSONDocument(body), operation: operation)
        do throws(ModelError) { try configuration.limits.check(call) } catch { return error }
        return nil
    }

    private func message(_ role: String, _ content: String) -> String {
        #"{"model":"m","messages":[{"role":"\#(role)","content":\#(content)}]}"#
    }

    @Test("characters count, not bytes and not escapes", arguments: ["x", "é", "\u{1F600}", "\"", "\n", "\u{1}"])
    func characters(character: String) throws {
        func text(_ count: Int) -> String {
            JSONFragment.string(String(repeating: character, count: count)).description
        }
        #expect(try refusal(message("user", text(100))) == nil)
        let error = try #require(try refusal(message("user", text(101))))
        #expect(error.category == .invalidRequest && error.code == "prompt_too_long")
        #expect(error.parameter == "messages[0].content")
        #expect(error.message.contains("101 characters, 100 are allowed"))
        #expect(error.hint?.contains("safety.limits.prompt") == true)
        #expect(try refusal(message("system", text(10))) == nil)
        #expect(try refusal(message("developer", text(11)))?.hint?.contains("safety.limits.system_prompt") == true)
    }

    @Test("the parts of a message count together, pictures do not count")
    func parts() throws {
        let picture =
            #"{"type":"image_url","image_url":{"url":"data:image/png;base64,\#(String(repeating: "A", count: 500))"}}"#
        func text(_ count: Int) -> String { #"{"type":"text","text":"\#(String(repeating: "x", count: count))"}"# }
        #expect(try refusal(message("user", "[\(text(50)),\(picture),\(text(50))]")) == nil)
        #expect(try refusal(message("user", "[\(text(50)),\(picture),\(text(51))]")) != nil)
    }

    @Test("a long conversation of short messages is none")
    func conversation() throws {
        let messages = (0..<50).map { _ in #"{"role":"user","content":"\#(String(repeating: "x", count: 90))"}"# }
        #expect(try refusal(#"{"model":"m","messages":[\#(messages.joined(separator: ","))]}"#) == nil)
    }

    @Test("texts to embed, and metadata")
    func others() throws {
        let long = String(repeating: "x", count: 101)
        #expect(try refusal(#"{"model":"m","input":"\#(long)"}"#, .embedding)?.parameter == "input")
        #expect(try refusal(#"{"model":"m","input":["a","\#(long)"]}"#, .embedding)?.parameter == "input[1]")
        let body = #"{"model":"m","messages":[{"role":"user","content":"x"}],"metadata":{"a":"\#(long)"}}"#
        #expect(try refusal(body)?.parameter == "metadata")
    }

    @Test("the defaults are those of the specification, and 0 is no limit")
    func defaults() async throws {
        let provider = ScriptedProvider()
        let long = String(repeating: "x", count: 50_001)
        let error = await #expect(throws: ModelError.self) {
            try await ModelOrchestrator(providers: [provider]).respond(to: ModelRequest(long, model: .gpt4o))
        }
        #expect(error?.code == "prompt_too_long")
        #expect(provider.attempts.isEmpty)
        var configuration = OrchestratorConfiguration()
        configuration.safety.limits.prompt = 0
        let orchestrator = ModelOrchestrator(providers: [provider], configuration: configuration)
        _ = try await orchestrator.respond(to: ModelRequest(long, model: .gpt4o))
        #expect(provider.attempts.count == 1)
    }
}
