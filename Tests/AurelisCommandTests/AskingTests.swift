import Aurelis
import AurelisJSON
import AurelisTesting
import Testing

@testable import AurelisCommand

@Suite("Asking")
struct AskingTests {
    private let provider = ScriptedProvider("github", models: [.gpt4oMini, .gpt4o])

    private func ask(
        _ request: ModelRequest = ModelRequest("hello"),
        streams: Bool = false,
        json: Bool = false,
        explains: Bool = false,
        isVerbose: Bool = false,
        isRead: Bool = true
    ) async -> (output: String, errors: String, failure: (any Error)?) {
        let captured = CapturedConsole(isRead: isRead)
        var configuration = OrchestratorConfiguration()
        configuration.retry = .none
        let asking = Asking(
            request: request,
            streams: streams,
            json: json,
            explains: explains,
            isVerbose: isVerbose,
            console: captured.console
        )
        var failure: (any Error)?
        do {
            try await asking.run(ModelOrchestrator(providers: [provider], configuration: configuration))
        } catch {
            failure = error
        }
        let written = try? captured.finish()
        return (written?.output ?? "unreadable", written?.errors ?? "unreadable", failure)
    }

    @Test("the answer, and nothing else, goes to standard output untouched", arguments: [false, true])
    func answer(streams: Bool) async {
        provider.script(.gpt4oMini, .text("raw \u{1B}[1m bytes\r\nand no newline"))
        let result = await ask(streams: streams)
        #expect(result.failure == nil)
        #expect(result.output == "raw \u{1B}[1m bytes\r\nand no newline")
        #expect(result.errors.isEmpty)
    }

    @Test("a model chosen by task is not said to be another than the one asked for", arguments: [false, true])
    func automatic(streams: Bool) async {
        provider.script(.gpt4o, .text("reviewed"))
        let result = await ask(ModelRequest("hi", model: "auto/codeReview"), streams: streams)
        #expect(result.output == "reviewed")
        #expect(result.errors.isEmpty)
    }

    @Test("--json prints one object with the answer, its costs and its way")
    func wholeJSON() async throws {
        provider.script(.gpt4oMini, .text("one two"))
        let result = await ask(ModelRequest("hi", task: .translation, model: "openai/gpt-4o-mini"), json: true)
        #expect(result.output.last == "\n")
        let object = try JSONDocument(Array(result.output.utf8))
        #expect(object["content"]?.string == "one two")
        #expect(object["model"]?.string == "gpt-4o-mini")
        #expect(object["model_requested"]?.string == "openai/gpt-4o-mini")
        #expect(object["provider"]?.string == "github")
        #expect(object["task"]?.string == "translation")
        #expect(object["finish_reason"]?.string == "stop")
        #expect(object["usage"]?["total_tokens"]?.int == 9)
        #expect(object["attempts"]?.int == 1)
        #expect(object["trace"]?["attempts"]?[0]?["model"]?.string == "gpt-4o-mini")
        #expect(object["type"] == nil)
    }

    @Test("--json --stream prints an object per piece and then the whole")
    func streamedJSON() async throws {
        provider.script(.gpt4oMini, .text("one two three"))
        let result = await ask(streams: true, json: true)
        let lines = try result.output.split(separator: "\n").map { try JSONDocument(Array($0.utf8)) }
        #expect(lines.dropLast().map { $0["type"]?.string } == ["delta", "delta", "delta"])
        #expect(lines.dropLast().compactMap { $0["content"]?.string }.joined() == "one two three")
        #expect(lines.last?["type"]?.string == "response")
        #expect(lines.last?["content"]?.string == "one two three")
        #expect(lines.last?["usage"]?["completion_tokens"]?.int == 3)
    }

    @Test("a failure is an object too, and keeps its exit status", arguments: [false, true])
    func failureJSON(streams: Bool) async throws {
        var limit = ModelError(.rateLimit, "slow down", code: "RateLimitReached")
        limit.status = 429
        limit.limit = .day
        limit.retryAfter = .seconds(5_631)
        provider.script(.gpt4oMini, .failure(limit))
        var request = ModelRequest("hi", model: .gpt4oMini)
        request.fallback = .never
        let result = await ask(request, streams: streams, json: true)
        let report = try FailureReport(#require(result.failure))
        let object = try JSONDocument(Array(#require(report.json).utf8))
        #expect(object["type"]?.string == "error")
        #expect(object["error"]?["category"]?.string == "rate_limit")
        #expect(object["error"]?["limit"]?.string == "day")
        #expect(object["error"]?["retry_after_ms"]?.int == 5_631_000)
        #expect(object["error"]?["exit_status"]?.int == 75)
        #expect(report.status == .exhausted)
        #expect(report.failure?.hints.first?.hasPrefix("try again in 1 h 34 min, at ") == true)
    }

    @Test("a stream that breaks keeps what came, and fails")
    func brokenStream() async throws {
        let events = try Array(ScriptedAnswer.events("one two three").prefix(3))
        provider.script(.gpt4oMini, .events(events, ending: ModelError(.connection, "the stream was cut")))
        let result = await ask(ModelRequest("hi", model: .gpt4oMini), streams: true)
        #expect(result.output == "one two")
        let report = try FailureReport(#require(result.failure))
        #expect(report.status == .provider)
        #expect(report.failure?.message.contains("the stream was cut") == true)
    }

    @Test("an answer from another model than the named one is remarked")
    func otherModel() async {
        provider.script(.gpt4o, .failure(ModelError(.upstream, "boom")))
        var request = ModelRequest("hi", model: .gpt4o)
        request.fallback = .byTask
        let result = await ask(request)
        #expect(result.output == "gpt-4o-mini")
        #expect(result.errors == "answered by gpt-4o-mini, not gpt-4o; --explain shows why\n")
    }

    @Test("who has asked for the explanation is not told how to")
    func otherModelExplained() async {
        provider.script(.gpt4o, .failure(ModelError(.upstream, "boom")))
        var request = ModelRequest("hi", model: .gpt4o)
        request.fallback = .byTask
        let result = await ask(request, explains: true)
        #expect(result.errors.hasSuffix("\nanswered by gpt-4o-mini, not gpt-4o\n"))
    }

    @Test("--explain shows every candidate and every attempt, also of a failure")
    func explain() async throws {
        provider.script(.gpt4o, .failure(ModelError(.upstream, "boom")))
        provider.script(.gpt4oMini, .failure(ModelError(.timeout, "no answer in time")))
        let result = await ask(ModelRequest("hi", task: .complexReasoning), explains: true)
        #expect(result.failure is ModelError)
        let lines = result.errors.split(separator: "\n").map(String.init)
        #expect(lines.contains { $0.hasPrefix("gpt-4o ") && $0.contains("upstream: boom") })
        #expect(lines.contains { $0.hasPrefix("llama-3.1-405b") && $0.contains("ruled out: no configured provider") })
        #expect(lines.contains { $0.hasPrefix("gpt-4o-mini") && $0.contains("timeout: no answer in time") })
    }

    @Test("--verbose says who answered, how fast and at what cost")
    func verbose() async {
        provider.script(.gpt4oMini, .text("one two"))
        let result = await ask(isVerbose: true)
        #expect(result.errors.contains("gpt-4o-mini at github, "))
        #expect(result.errors.contains("1 attempt, 7 + 2 tokens, req_"))
    }

    @Test("an answer that was cut off is printed with a warning")
    func truncated() async throws {
        let body = ScriptedAnswer.completion("half a sen", finishReason: "length")
        provider.script(.gpt4oMini, .document(try JSONDocument(body)))
        let result = await ask()
        #expect(result.failure == nil)
        #expect(result.output == "half a sen")
        #expect(result.errors.hasPrefix("warning: the answer was cut off"))
    }

    @Test("an answer that a filter cut off is a refusal")
    func filtered() async throws {
        let body = ScriptedAnswer.completion("half", finishReason: "content_filter")
        provider.script(.gpt4oMini, .document(try JSONDocument(body)))
        let result = await ask()
        #expect(try FailureReport(#require(result.failure)).status == .refused)
    }

    @Test("when nobody reads the answer any more, the upstream call is given up quietly")
    func brokenPipe() async throws {
        Signals.ignoreBrokenPipes()
        provider.script(.gpt4oMini, .text("one two three"))
        let result = await ask(streams: true, isRead: false)
        let report = try FailureReport(#require(result.failure))
        #expect(report.status == .brokenPipe)
        #expect(report.failure == nil)
    }
}
