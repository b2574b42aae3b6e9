import AurelisJSON
import AurelisTesting
import Testing

@testable import Aurelis

@Suite("Safety: what becomes of a request that holds a credential")
struct SecretPolicyTests {
    private let provider = ScriptedProvider()
    private let recent = RecentRequests()
    private let secret = SeededSecret.all(seed: 31)[0].value

    private func orchestrator(
        cache: AnswerCache? = nil,
        _ change: (inout SafetyConfiguration) -> Void
    ) -> ModelOrchestrator {
        var configuration = OrchestratorConfiguration()
        change(&configuration.safety)
        return ModelOrchestrator(
            providers: [provider],
            configuration: configuration,
            cache: cache,
            recorder: recent,
            time: ManualTimeSource(autoAdvancing: true)
        )
    }

    private func call(_ messages: String, _ more: String = "", policy: SecretPolicy? = nil) throws -> ModelCall {
        let body = try JSONDocument(#"{"model":"gpt-4o","messages":[\#(messages)]\#(more)}"#)
        var options = ModelCall.Options()
        if let policy { options.require(secrets: policy) }
        return try ModelCall(reading: body, operation: .chatCompletion, options: options)
    }

    private func user(_ text: String) -> String {
        #"{"role":"user","content":\#(JSONFragment.string(text))}"#
    }

    private var sent: String { provider.attempts.map { String(decoding: $0.body.bytes, as: UTF8.self) }.joined() }

    @Test("warned of, it goes on byte for byte, and its kind and place are told, not its value")
    func warn() async throws {
        let call = try call(user("a \(secret)"))
        let reply = try await orchestrator { _ in }.answer(call)
        #expect(provider.attempts.map(\.body.bytes) == [call.body.bytes])
        let notice = SecretNotice(
            kind: SecretKind(rawValue: "github_token"),
            place: "messages[0].content",
            action: .passed
        )
        #expect(reply.trace.findings == [notice])
        let record = try #require(recent.find(call.id))
        #expect(record.trace.findings == [notice])
        #expect(!String(decoding: record.json, as: UTF8.self).contains(secret))
        #expect(RequestRecord(reading: try JSONDocument(record.json).root)?.trace.findings == [notice])
    }

    @Test("redacted, the provider gets a placeholder and every other byte as it is; equal values get equal ones")
    func redact() async throws {
        let other = SeededSecret.all(seed: 32)[0].value
        let text = "  a \(secret) b \(other) c \(secret) \u{1F600} \\ "
        let call = try call(user(text), #" , "x_unknown" : [ 1.50 ]"#)
        let reply = try await orchestrator { $0.secrets = .redact }.answer(call)
        let expected = String(decoding: call.body.bytes, as: UTF8.self)
            .replacing(secret, with: "[redacted:github_token:1]").replacing(other, with: "[redacted:github_token:2]")
        #expect(sent == expected)
        #expect(reply.trace.findings.map(\.action) == [.redacted])
    }

    @Test("refused, nothing is sent, and the error names the kind and the place")
    func block() async throws {
        let call = try call(user("x") + "," + user("a \(secret)"))
        let error = await #expect(throws: ModelError.self) {
            try await orchestrator { $0.secrets = .block }.answer(call)
        }
        #expect(error?.category == .security)
        #expect(error?.code == "secret_detected")
        #expect(error?.parameter == "messages[1].content")
        #expect(error?.message.contains("GitHub token") == true)
        #expect(error.map { "\($0)" }?.contains(secret) == false)
        #expect(error?.trace?.findings.map(\.action) == [.blocked])
        #expect(provider.attempts.isEmpty)
        #expect(recent.find(call.id)?.outcome == .failed(.security))
    }

    @Test("off, nobody looks")
    func off() async throws {
        let reply = try await orchestrator { $0.secrets = .off }.answer(try call(user(secret)))
        #expect(reply.trace.findings.isEmpty)
    }

    @Test(
        "a call may be stricter than the configuration, never milder",
        arguments: SecretPolicy.allCases,
        SecretPolicy.allCases
    )
    func strictest(configured: SecretPolicy, demanded: SecretPolicy) async throws {
        let orchestrator = orchestrator { $0.secrets = configured }
        let call = try call(user(secret), policy: demanded)
        let action = try? await orchestrator.answer(call).trace.findings.first?.action
        let strictest = max(configured, demanded)
        switch strictest {
        case .off: #expect(action == .some(nil))
        case .warn: #expect(action == .passed)
        case .redact: #expect(action == .redacted)
        case .block: #expect(action == nil && provider.attempts.isEmpty)
        }
    }

    @Test("of two demands the stricter one counts, in whatever order")
    func demands() {
        for (first, second) in [(SecretPolicy.block, SecretPolicy.warn), (.warn, .block)] {
            var options = ModelCall.Options()
            options.require(secrets: first)
            options.require(secrets: second)
            #expect(options.secrets == .block)
        }
    }

    @Test("a kind that is ignored goes on unseen")
    func ignored() async throws {
        let orchestrator = orchestrator {
            $0.secrets = .block
            $0.ignored = [SecretKind(rawValue: "github_token")]
        }
        #expect(try await orchestrator.answer(try call(user(secret))).trace.findings.isEmpty)
    }

    @Test("where thousands of secrets are is found out in one pass over the request", arguments: [250, 1_000, 4_000])
    func manySecrets(count: Int) throws {
        let values = (0..<count).map { "ghp_\($0)" }
        let messages = (0..<4).map { _ in user(values.joined(separator: " ")) }.joined(separator: ",")
        let odd = values.map { "\"? \($0)\":\"\($0)\"" }.joined(separator: ",")
        let body = try JSONDocument(#"{"messages":[\#(messages)],"metadata":{\#(odd)}}"#)
        var places = JSONPlaces(body.root)
        var seen: Set<String> = []
        for (offset, byte) in body.bytes.enumerated() where byte == UInt8(ascii: "_") {
            seen.insert(places.place(of: offset))
        }
        let contents = (0..<4).map { "messages[\($0)].content" }
        #expect(seen == Set(contents + ["metadata.?", "metadata.? (its name)"]))
        // The members of the body, the messages and theirs, and those of the metadata: each once, and the ends.
        #expect(places.steps <= 2 + 4 + 8 + count + 10)
    }

    @Test("of a request full of secrets the first sixteen places are told, and all secrets are taken out")
    func bounded() async throws {
        let messages = (0..<40).map { _ in user("a \(secret) b \(secret)") }.joined(separator: ",")
        let reply = try await orchestrator { $0.secrets = .redact }.answer(try call(messages))
        #expect(reply.trace.findings.map(\.place) == (0..<16).map { "messages[\($0)].content" })
        #expect(!sent.contains(secret))
    }

    @Test("every place of a request is looked at, and named")
    func places() async throws {
        let value = JSONFragment.string(secret)
        let places: [(String, String, String)] = [
            ("messages[0].content", #"{"role":"system","content":\#(value)}"#, ""),
            (
                "messages[0].content[1].text",
                #"{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":\#(value)}]}"#, ""
            ),
            (
                "messages[0].tool_calls[0].function.arguments",
                #"{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"{\"a\":[\"\#(secret)\"]}"}}]}"#,
                ""
            ),
            ("tools[0].function.description", user("x"), #","tools":[{"function":{"description":\#(value)}}]"#),
            ("metadata.note", user("x"), #","metadata":{"note":\#(value)}"#),
            ("metadata.? (its name)", user("x"), #","metadata":{"\#(secret)":1}"#),
            ("user", user("x"), #","user":\#(value)"#),
            ("x.y[0].z", user("x"), #","x":{"y":[{"z":\#(value)}]}"#),
        ]
        for (place, messages, more) in places {
            let error = await #expect(throws: ModelError.self) {
                try await orchestrator { $0.secrets = .block }.answer(try call(messages, more))
            }
            #expect(error?.parameter == place)
        }
        let input = try ModelCall(
            reading: try JSONDocument(#"{"model":"text-embedding-3-small","input":["a",\#(value)]}"#),
            operation: .embedding
        )
        let error = await #expect(throws: ModelError.self) {
            try await orchestrator { $0.secrets = .block }.answer(input)
        }
        #expect(error?.parameter == "input[1]")
    }

    @Test("a credential in the name of a model is refused whatever the policy, and recorded nowhere")
    func model() async throws {
        let body = try JSONDocument(#"{"model":"\#(secret)","messages":[\#(user("x"))]}"#)
        let call = try ModelCall(reading: body, operation: .chatCompletion)
        let error = await #expect(throws: ModelError.self) { try await orchestrator { _ in }.answer(call) }
        #expect(error?.code == "secret_detected")
        let record = try #require(recent.find(call.id))
        #expect(!String(decoding: record.json, as: UTF8.self).contains(secret))
    }

    @Test("what a provider repeats is in no message, trace or record")
    func providerError() async throws {
        provider.script(.gpt4o, .failure(ModelError(.invalidRequest, "cannot read '\(secret)' here")))
        let call = try call(user("x"))
        let error = await #expect(throws: ModelError.self) { try await orchestrator { _ in }.answer(call) }
        #expect(error?.message == "cannot read '[redacted:github_token]' here")
        #expect(recent.find(call.id).map { String(decoding: $0.json, as: UTF8.self) }?.contains(secret) == false)
    }

    @Test("requests that differ only in their credentials share an answer, which holds placeholders")
    func cache() async throws {
        let cache = AnswerCache()
        let orchestrator = orchestrator(cache: cache) {
            $0.secrets = .redact
            $0.restoresSecrets = true
        }
        provider.script(.gpt4o, .text("use [redacted:github_token:1] now"))
        let other = SeededSecret.all(seed: 33)[0].value
        for value in [secret, other] {
            let reply = try await orchestrator.answer(try call(user("a \(value)")))
            guard case .whole(let document) = reply.answer else { return #expect(Bool(false)) }
            #expect(ChatCompletion(reading: document).content == "use \(value) now")
        }
        #expect(provider.attempts.count == 1)
        var again = try call(user("a \(secret)"))
        let reply = try #require(orchestrator.answerFromMemory(&again))
        #expect(reply.trace.findings.map(\.action) == [.redacted])
        let without = try await orchestrator.answer(try call(user("a [redacted:github_token:1]")))
        guard case .whole(let document) = without.answer else { return #expect(Bool(false)) }
        #expect(ChatCompletion(reading: document).content.contains("[redacted:github_token:1]"))
    }

    @Test("placeholders that a caller wrote are not taken for those of Aurelis")
    func collision() async throws {
        let orchestrator = orchestrator {
            $0.secrets = .redact
            $0.restoresSecrets = true
        }
        provider.script(.gpt4o, .text("[redacted:github_token:7] and [redacted:github_token:8]"))
        let response = try await orchestrator.respond(
            to: ModelRequest("the [redacted:github_token:7] and \(secret)", model: .gpt4o)
        )
        #expect(response.content == "[redacted:github_token:7] and \(secret)")
    }
}
