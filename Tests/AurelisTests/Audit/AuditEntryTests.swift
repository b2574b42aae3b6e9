import Aurelis
import AurelisJSON
import AurelisTesting
import Testing

@Suite("The audit log: what stands in it")
struct AuditEntryTests {
    private func lines(_ entry: AuditEntry, _ change: (inout AuditRules) -> Void = { _ in }) throws -> [JSONDocument] {
        var rules = AuditRules()
        rules.process = 42
        change(&rules)
        var page = AuditPage(after: .beginning)
        page.add(entry, rules, try AuditSamples.key())
        return try AuditSamples.split(page.bytes).map { try JSONDocument($0) }
    }

    private func call(_ body: String) throws -> ModelCall {
        ModelCall(operation: .chatCompletion, body: try JSONDocument(body), model: nil)
    }

    @Test("a request is two lines: what was asked, and what came of it")
    func request() throws {
        let record = AuditSamples.record(3)
        let lines = try lines(.request(record, AuditDetails()))
        #expect(lines.map { $0["event"]?.string } == ["model_request", "model_response"])
        #expect(lines.map { $0["seq"]?.int } == [1, 2])
        #expect(lines[0]["time"]?.string == "2025-11-28T10:00:00.003Z")
        #expect(lines[1]["time"]?.string == "2025-11-28T10:00:00.006Z")
        for line in lines {
            #expect(line["request_id"]?.string == record.id.description)
            #expect(line["tenant"]?.string == #"team "3""#)
            #expect(line["compliance_level"]?.string == "standard" && line["pid"]?.int == 42)
            #expect(line["model_requested"]?.string == "gpt-4o" && line["task"]?.string == "codeReview")
        }
        let answer = lines[1]
        #expect(answer["outcome"]?.string == "answered" && answer["model_used"]?.string == "gpt-4o")
        #expect(answer["latency_ms"]?.int == 3 && answer["cost_picodollars"]?.int == 1)
        #expect(answer["usage"]?["prompt_tokens"]?.int == 3)
    }

    @Test("a refusal by a security rule is an event of its own, and so is a provider's refusal of a key")
    func refusals() throws {
        let blocked = try lines(.request(AuditSamples.record(1, .failed(.security)), AuditDetails()))
        #expect(blocked.map { $0["event"]?.string } == ["model_request", "model_response", "security_event"])
        #expect(blocked[1]["outcome"]?.string == "failed" && blocked[1]["error_category"]?.string == "security")
        #expect(blocked[2]["action"]?.string == "blocked")
        var record = AuditSamples.record(1, .failed(.authentication))
        #expect(try lines(.request(record, AuditDetails())).count == 2)
        record.provider = "openai"
        let refused = try lines(.request(record, AuditDetails()))
        #expect(refused.last?["event"]?.string == "auth_event" && refused.last?["place"]?.string == "openai")
    }

    @Test("a request that its key was not for, or that was beyond its limits, is refused by name and code")
    func keys() throws {
        for category in [ModelError.Category.permission, .rateLimit, .quota] {
            var details = AuditDetails()
            (details.key, details.code) = ("ci", "model_not_allowed")
            let record = AuditSamples.record(1, .failed(category))
            let line = try #require(try lines(.request(record, details)).last)
            #expect(line["event"]?.string == "auth_event" && line["outcome"]?.string == "refused")
            #expect(line["place"]?.string == "gateway" && line["key"]?.string == "ci")
            #expect(line["reason"]?.string == "model_not_allowed")
            #expect(line["request_id"]?.string == record.id.description)
        }
        #expect(try lines(.request(AuditSamples.record(1, .failed(.rateLimit)), AuditDetails())).count == 2)
    }

    @Test(
        "what the sanitiser found is one event for all that was done alike, with kinds and places and no value",
        arguments: [(SecretNotice.Action.redacted, "redacted"), (.passed, "warned"), (.blocked, "blocked")]
    )
    func findings(action: SecretNotice.Action, word: String) throws {
        var record = AuditSamples.record(1, action == .blocked ? .failed(.security) : .answered)
        record.trace.findings = [
            SecretNotice(kind: SecretKind(rawValue: "github_token"), place: "messages[0].content", action: action),
            SecretNotice(kind: SecretKind(rawValue: "jwt"), place: "metadata.a", action: action),
            SecretNotice(kind: SecretKind(rawValue: "github_token"), place: "messages[1].content", action: action),
        ]
        let lines = try lines(.request(record, AuditDetails())).dropFirst(2)
        #expect(lines.count == 1)
        let line = try #require(lines.first)
        #expect(line["event"]?.string == "security_event" && line["action"]?.string == word)
        #expect(line["rule"]?.string == "github_token,jwt")
        let message = "github_token in messages[0].content, jwt in metadata.a, github_token in messages[1].content"
        #expect(line["message"]?.string == message)
        #expect(line["request_id"]?.string == record.id.description && line["tenant"] == nil)
    }

    @Test("a rule of security is told by its code")
    func rule() throws {
        var details = AuditDetails()
        details.code = "pin_mismatch"
        let line = try #require(try lines(.request(AuditSamples.record(1, .failed(.security)), details)).last)
        #expect(line["event"]?.string == "security_event" && line["rule"]?.string == "pin_mismatch")
    }

    @Test(
        "a change of who may come in has an action and no outcome, and what was left out has a number and a beginning"
    )
    func changes() throws {
        let made = try lines(.authentication(.init(time: 1, action: "key_created", place: "gateway", key: "ci")))[0]
        #expect(made["action"]?.string == "key_created" && made["outcome"] == nil && made["key"]?.string == "ci")
        let left = AuditLeftOut(count: 4_711, since: AuditSamples.time)
        let many = try lines(
            .authentication(
                .init(time: AuditSamples.time + 1_000, place: "gateway", reason: "unknown_key", leftOut: left)
            )
        )[0]
        #expect(many["left_out"]?.int == 4_711 && many["since"]?.string == "2025-11-28T10:00:00.000Z")
    }

    @Test("what the caller attached is there, without secrets, whose names are words and not letters")
    func metadata() throws {
        let body = """
            {"user":"ann","metadata":{"api_key":"k","monkey":"m","max_tokens":5,"token_usage":{"password":["p"],"n":"v"}}}
            """
        let line = try lines(.request(AuditSamples.record(1), AuditDetails(of: call(body), withContent: false)))[0]
        #expect(line["user"]?.string == "ann")
        let metadata = try #require(line["metadata"])
        #expect(metadata["api_key"]?.string == "[redacted]" && metadata["monkey"]?.string == "m")
        #expect(metadata["max_tokens"]?.int == 5)
        #expect(metadata["token_usage"]?["password"]?.string == "[redacted]")
        #expect(metadata["token_usage"]?["n"]?.string == "v")
        #expect(line["content"] == nil)
    }

    static let names: [(String, Bool)] = [
        ("key", true), ("api_key", true), ("apiKey", true), ("APIKey", true), ("x-api-key", true), ("monkey", false),
        ("keyboard", false), ("token", true), ("access_token", true), ("accessTokens", true), ("max_tokens", false),
        ("token_usage", false), ("tokenCount", false), ("tokenizer", false), ("password", true), ("db.password", true),
        ("passwordless", false), ("secretary", false), ("clientSecret", true), ("CLIENT_SECRET", true), ("", false),
        ("author", false), ("authorization", true), ("cookie", true), ("tokens", false), ("refresh_token", true),
    ]

    @Test("names of secrets", arguments: names)
    func name(name: String, isSecret: Bool) { #expect(MetadataName.isSecret(name) == isSecret) }

    @Test("what was said is there only where that is wanted, without secrets, and a long text is shortened with a mark")
    func content() throws {
        let long = String(repeating: "ä", count: 2_000)
        let body =
            #"{"messages":[{"role":"user","content":"sk-1 hello"},{"role":"user","content":[{"text":"\#(long)"}]}]}"#
        let answer = try JSONDocument(#"{"choices":[{"message":{"content":"sk-1 world"}}]}"#)
        let without = try lines(
            .request(AuditSamples.record(1), AuditDetails(of: call(body), answer: answer, withContent: false))
        )
        #expect(without.allSatisfy { $0["content"] == nil })
        let details = AuditDetails(of: try call(body), answer: answer, withContent: true)
        let lines = try lines(.request(AuditSamples.record(1), details)) { rules in
            rules.redact = { $0.hasPrefix("sk-1") ? "[key]" + $0.dropFirst(4) : $0 }
        }
        #expect(lines[0]["content"]?[0]?["text"]?.string == "[key] hello")
        #expect(lines[1]["content"]?.string == "[key] world")
        let shortened = try #require(lines[0]["content"]?[1]?["text"]?.string)
        #expect(shortened == String(repeating: "ä", count: 1_000) + "…[truncated, 4000 bytes in all]")
    }

    @Test("anything a caller sends becomes one whole line", arguments: 0..<64)
    func anything(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let scalars = (0..<200).map { _ in Unicode.Scalar(UInt32(random.next() % 0x3000)) ?? "\u{0}" }
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars)
        let quoted = String(decoding: JSONFragment.string(text).bytes, as: UTF8.self)
        let body = #"{"user":\#(quoted),"metadata":{\#(quoted):[\#(quoted),1e9,null,true,{"a":\#(quoted)}]}}"#
        var record = AuditSamples.record(1, .failed(.init(rawValue: text)))
        record.message = text
        record.modelRequested = text
        let lines = try lines(.request(record, AuditDetails(of: call(body), withContent: true)))
        #expect(lines.count == 2 && lines[0]["user"]?.string == text)
    }
}
