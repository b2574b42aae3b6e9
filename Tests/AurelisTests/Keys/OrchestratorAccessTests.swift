import AurelisJSON
import AurelisTesting
import Testing

@testable import Aurelis

/// An orchestrator, keys, and clocks that a test moves.
private struct KeyedSetting: Sendable {
    let time = ManualTimeSource()
    let ledger: MemoryQuotaLedger
    let provider: ScriptedProvider
    let orchestrator: ModelOrchestrator

    init(
        models: [ModelID] = [.gpt4o, .gpt4oMini, .codestral2501],
        plan: QuotaPlan? = nil,
        price: TokenPrice? = TokenPrice(input: 1_000, output: 2_000),
        cache: AnswerCache? = nil,
        _ change: (inout OrchestratorConfiguration) -> Void = { _ in }
    ) {
        let start = time.now
        let clock = WallClock { [time] in 1_700_000_000 + start.duration(to: time.now).components.seconds }
        ledger = MemoryQuotaLedger(clock: clock)
        provider = ScriptedProvider(
            serving: models.map { ProviderModel(id: $0, wireName: $0.canonical, price: price, quota: plan) }
        )
        var configuration = OrchestratorConfiguration()
        configuration.concurrency = nil
        change(&configuration)
        orchestrator = ModelOrchestrator(
            providers: [provider],
            configuration: configuration,
            cache: cache,
            quota: ledger,
            time: time,
            wallClock: clock,
            random: FixedRandomSource()
        )
    }

    /// What a key of some name grants.
    static func grant(
        _ name: String = "ci",
        models: [String]? = nil,
        tasks: [TaskType]? = nil,
        _ limit: (inout AccessLimits) -> Void = { _ in }
    ) throws -> AccessGrant {
        var setting = KeyBookSetting()
        return AccessGrant(
            try setting.create(name) { draft in
                draft.scope = AccessScope(models: models?.compactMap { ModelPattern($0) }, tasks: tasks)
                limit(&draft.limits)
            }.key
        )
    }

    func call(
        _ prompt: String = "x",
        of grant: AccessGrant,
        model: ModelID? = .gpt4o,
        stream: Bool = false,
        _ change: (inout ModelRequest) -> Void = { _ in }
    ) throws -> ModelCall {
        var request = ModelRequest(prompt, model: model)
        change(&request)
        var call = try ModelCall(request, stream: stream)
        call.grant = grant
        call.tenant = grant.id
        return call
    }

    func ask(
        _ prompt: String = "x",
        of grant: AccessGrant,
        model: ModelID? = .gpt4o,
        _ change: (inout ModelRequest) -> Void = { _ in }
    ) async throws -> ModelReply {
        try await orchestrator.answer(call(prompt, of: grant, model: model, change))
    }

    func refusal(
        of grant: AccessGrant,
        model: ModelID? = .gpt4o,
        _ change: (inout ModelRequest) -> Void = { _ in }
    ) async -> ModelError? {
        await #expect(throws: ModelError.self) { () async throws in
            _ = try await ask(of: grant, model: model, change)
        }
    }

    func used(by grant: AccessGrant) async -> [Int64] {
        await orchestrator.quotaReport(keys: [grant]).keys.flatMap { $0.standing.lines.map(\.used) }
    }
}

@Suite("Keys: what one is for")
struct OrchestratorScopeTests {
    @Test(
        "a model that the key is not for is refused with what it is for, and nothing is sent",
        arguments: [true, false]
    )
    func model(allowsFallback: Bool) async throws {
        let setting = KeyedSetting()
        let grant = try KeyedSetting.grant(models: ["gpt-4o-mini", "codestral*"])
        let error = await setting.refusal(of: grant) { $0.fallback = allowsFallback ? .byTask : .never }
        #expect(error?.category == .permission && error?.code == "model_not_allowed" && error?.key == "ci")
        #expect(error?.message == "the key ci may not ask gpt-4o; it may ask gpt-4o-mini, codestral*")
        let reason = error?.trace?.candidates.first { $0.model == .gpt4o }?.rejection
        #expect(reason?.contains("gpt-4o-mini, codestral*") == true)
        #expect(setting.provider.attempts.isEmpty)
        #expect(try await setting.ask(of: grant, model: "Codestral-2501").model == .codestral2501)
    }

    @Test("a task's models, and those that stand in, are those that the key is for")
    func candidates() async throws {
        let setting = KeyedSetting()
        let grant = try KeyedSetting.grant(models: ["gpt-4o*"])
        setting.provider.script(.gpt4o, .failure(ModelError(.contextLength, "too long")))
        let reply = try await setting.ask(of: grant, model: nil) { $0.task = .codeGeneration }
        #expect(reply.model == .gpt4oMini)
        #expect(setting.provider.attempts.map(\.model.id) == [.gpt4o, .gpt4oMini])
        let passed = reply.trace.candidates.first { $0.model == .codestral2501 }
        #expect(passed?.rejection == "the key is not for it (for gpt-4o*)")
    }

    @Test("when none of a task's models is left, the key is the reason")
    func nobodyLeft() async throws {
        let setting = KeyedSetting()
        let grant = try KeyedSetting.grant(models: ["llama*"])
        let error = await setting.refusal(of: grant, model: nil) { $0.task = .codeCompletion }
        #expect(error?.category == .permission && error?.key == "ci")
        // What nobody serves is not told apart by a key.
        let unknown = await setting.refusal(of: grant, model: "llama-unknown")
        #expect(unknown?.code == "model_not_found")
    }

    @Test("a task that the key is not for is refused, whoever would answer")
    func task() async throws {
        let setting = KeyedSetting()
        let grant = try KeyedSetting.grant(tasks: [.codeReview])
        let error = await setting.refusal(of: grant)
        #expect(error?.category == .permission && error?.code == "task_not_allowed")
        #expect(error?.message.contains("codeReview") == true)
        #expect(error?.trace?.candidates.first?.rejection?.contains("may not ask for the task general") == true)
        #expect(try await setting.ask(of: grant) { $0.task = .codeReview }.model == .gpt4o)
        #expect(setting.provider.attempts.count == 1)
    }

    @Test("a model without a price is not free: a key with a budget does not ask it")
    func price() async throws {
        let setting = KeyedSetting(price: nil)
        let grant = try KeyedSetting.grant { $0.dailyBudget = 1_000_000_000_000 }
        let error = await setting.refusal(of: grant)
        #expect(error?.category == .permission && error?.code == "model_without_price")
        #expect(setting.provider.attempts.isEmpty)
    }

    @Test("an answer in memory is given only to those who may ask for it")
    func memory() async throws {
        let setting = KeyedSetting(cache: AnswerCache())
        let grant = try KeyedSetting.grant()
        // The same tenant, whose key has been made anew with another scope.
        let narrowed = try KeyedSetting.grant(models: ["gpt-4o-mini"])
        _ = try await setting.ask(of: grant) { $0.fallback = .never }
        var call = try setting.call(of: grant) { $0.fallback = .never }
        #expect(setting.orchestrator.answerFromMemory(&call) != nil)
        var other = try setting.call(of: narrowed) { $0.fallback = .never }
        #expect(setting.orchestrator.answerFromMemory(&other) == nil)
        #expect(await setting.refusal(of: narrowed)?.category == .permission)
    }
}

@Suite("Keys: how much one may use")
struct OrchestratorKeyLimitTests {
    @Test("a day that a key has used up is told as the key's, asks nobody else and opens no circuit")
    func day() async throws {
        let setting = KeyedSetting(plan: QuotaPlan(limits: [QuotaLimit(.requests, per: .day, 50)]))
        let grant = try KeyedSetting.grant { $0.requestsPerDay = 2 }
        for number in 0..<2 {
            let reply = try await setting.ask("\(number)", of: grant)
            #expect(reply.trace.quotaLeft == QuotaLeft(day: Int64(1 - number)))
        }
        let error = await setting.refusal(of: grant) { $0.fallback = .models([.gpt4oMini]) }
        #expect(error?.category == .rateLimit && error?.limit == .day && error?.key == "ci")
        #expect(error?.code == "key_limit_reached")
        #expect(error?.message.contains("the 2 requests of the day of the key ci are used") == true)
        #expect(try #require(error?.retryAfter) <= .seconds(86_400))
        #expect(setting.provider.attempts.count == 2)
        #expect(setting.orchestrator.health.statuses().allSatisfy { $0.circuit == .closed && $0.pausedFor == nil })
        // Another key has its own.
        let other = try KeyedSetting.grant("ann") { $0.requestsPerDay = 2 }
        _ = try await setting.ask("other", of: other)
        #expect(await setting.used(by: grant) == [2])
        #expect(await setting.used(by: other) == [1])
        #expect(await setting.orchestrator.quotaReport().rows.first?.standing.lines.map(\.used) == [3])
    }

    @Test("what is left is the lesser of what the key and the provider allow")
    func left() async throws {
        let setting = KeyedSetting(plan: QuotaPlan(limits: [QuotaLimit(.requests, per: .day, 3)]))
        let grant = try KeyedSetting.grant { limits in
            limits.requestsPerDay = 100
            limits.requestsPerMinute = 7
        }
        #expect(try await setting.ask(of: grant).trace.quotaLeft == QuotaLeft(minute: 6, day: 2))
    }

    @Test("a key counts where its model has no quota, and an answer from the cache uses nothing of it")
    func withoutPlan() async throws {
        let setting = KeyedSetting(cache: AnswerCache())
        let grant = try KeyedSetting.grant { $0.requestsPerDay = 1 }
        for _ in 0..<3 { _ = try await setting.ask("same", of: grant) }
        #expect(await setting.used(by: grant) == [1])
        #expect(await setting.refusal(of: grant)?.key == "ci")
    }

    @Test("who waits for a limit of their own key is in nobody else's way")
    func noHeadOfLine() async throws {
        let setting = KeyedSetting(plan: QuotaPlan(concurrent: 5)) { $0.requestTimeout = .seconds(300) }
        let slow = try KeyedSetting.grant("slow") { $0.requestsPerMinute = 1 }
        let quick = try KeyedSetting.grant("quick") { $0.requestsPerMinute = 100 }
        _ = try await setting.ask("1", of: slow)
        async let waiting = setting.ask("2", of: slow)
        await setting.time.sleepers(atLeast: 1)
        for number in 0..<3 { _ = try await setting.ask("quick \(number)", of: quick) }
        #expect(setting.provider.attempts.count == 4)
        setting.time.advance(by: .seconds(63))
        #expect(try await waiting.model == .gpt4o)
    }

    @Test("a key's requests at once are bounded, and the next one comes when one has ended")
    func concurrent() async throws {
        let setting = KeyedSetting()
        let grant = try KeyedSetting.grant { $0.concurrent = 1 }
        let gate = ScriptedGate()
        setting.provider.script(.gpt4o, .gated(gate, .text("first")), .text("second"))
        async let first = setting.ask("1", of: grant)
        await setting.provider.attempts(atLeast: 1)
        async let second = setting.ask("2", of: grant)
        await setting.time.sleepers(atLeast: 1)
        #expect(setting.provider.attempts.count == 1)
        gate.open()
        _ = try await (first, second)
        #expect(setting.provider.attempts.count == 2)
    }

    @Test("a budget is spent in whole picodollars, and what an answer may cost is kept aside while it is under way")
    func budget() async throws {
        let setting = KeyedSetting(price: TokenPrice(input: 1_000_000, output: 3_000_000))
        // A hundred tokens of an answer, and a little for the prompt.
        let grant = try KeyedSetting.grant { $0.dailyBudget = 400_000_000 }
        let gate = ScriptedGate()
        setting.provider.script(.gpt4o, .gated(gate, .text("first")), .text("second"))
        async let first = setting.ask("1", of: grant) { $0.maxTokens = 100 }
        await setting.provider.attempts(atLeast: 1)
        let meanwhile = await setting.refusal(of: grant) { $0.maxTokens = 100 }
        #expect(meanwhile?.key == "ci" && meanwhile?.limit == .day)
        gate.open()
        guard case .whole(let document) = try await first.answer else { return }
        let usage = try #require(document["usage"].flatMap(TokenUsage.init(reading:)))
        let cost = Int64(usage.prompt) * 1_000_000 + Int64(usage.completion) * 3_000_000
        #expect(await setting.used(by: grant) == [cost])
        #expect(try await setting.ask("2", of: grant) { $0.maxTokens = 10 }.model == .gpt4o)
        // More than there ever is: no waiting and no other model helps.
        let never = await setting.refusal(of: grant) { $0.maxTokens = 1_000 }
        #expect(never?.category == .quota && never?.code == "quota_too_small" && never?.key == "ci")
    }

    @Test(
        "kept aside is what all answers together may cost, by the larger of two limits",
        arguments: [
            #""max_tokens":100,"n":10"#, #""max_tokens":1000,"max_completion_tokens":1"#,
            #""max_tokens":1,"max_completion_tokens":1000"#,
            #""max_tokens":9223372036854775807,"n":9223372036854775807"#,
        ]
    )
    func severalAnswers(limits: String) async throws {
        let setting = KeyedSetting(price: TokenPrice(input: 1_000_000, output: 3_000_000))
        let grant = try KeyedSetting.grant { $0.dailyBudget = 400_000_000 }
        let body = #"{"model":"gpt-4o","messages":[{"role":"user","content":"x"}],\#(limits)}"#
        var call = try ModelCall(reading: JSONDocument(body), operation: .chatCompletion)
        call.grant = grant
        await #expect(throws: ModelError.self) { try await setting.orchestrator.answer(call) }
        #expect(setting.provider.attempts.isEmpty)
    }

    @Test("a key's rule for credentials holds, and a caller can only be stricter")
    func secrets() async throws {
        var book = KeyBookSetting()
        let key = try book.create("careful") { $0.secrets = .block }.key
        var options = ModelCall.Options()
        options.require(secrets: .warn)
        options.grant = AccessGrant(key)
        #expect(options.secrets == .block)
        let token = "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a"
        let setting = KeyedSetting()
        let body = #"{"model":"gpt-4o","messages":[{"role":"user","content":"password = \"\#(token)\""}]}"#
        let call = try ModelCall(reading: JSONDocument(body), operation: .chatCompletion, options: options)
        let refusal = await #expect(throws: ModelError.self) { try await setting.orchestrator.answer(call) }
        #expect(refusal?.code == "secret_detected" && setting.provider.attempts.isEmpty)
    }

    @Test(
        "a provider that lies about what it counted is not believed, and harms nobody",
        arguments: [Int.max, -1, .min]
    )
    func lies(count: Int) async throws {
        let setting = KeyedSetting(price: TokenPrice(input: .max, output: .max))
        let grant = try KeyedSetting.grant { $0.tokensPerDay = 1_000_000 }
        let answer = try JSONDocument(
            #"{"choices":[{"index":0,"message":{"role":"assistant","content":"Hi."},"finish_reason":"stop"}],"#
                + #""usage":{"prompt_tokens":\#(count),"completion_tokens":\#(count),"total_tokens":1}}"#
        )
        setting.provider.script(.gpt4o, .document(answer), .document(answer))
        for number in 0..<2 { _ = try await setting.ask("\(number)", of: grant) { $0.maxTokens = 100 } }
        let used = try #require(await setting.used(by: grant).first)
        #expect((200..<1_000).contains(used))
    }

    @Test("retries on one key's meter never take more than it has, whatever fails", arguments: 0..<20)
    func sequences(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let setting = KeyedSetting { $0.retry = .none }
        let amount = Int64.random(in: 1...6, using: &random)
        let grant = try KeyedSetting.grant { $0.requestsPerDay = amount }
        var seen: Int64 = 0
        for number in 0..<12 {
            var failure = ModelError(.upstream, "no")
            failure.status = 500
            if Bool.random(using: &random) { setting.provider.script(.gpt4o, .failure(failure)) }
            let before = setting.provider.attempts.count
            _ = try? await setting.ask("\(number)", of: grant) { $0.fallback = .models([.gpt4oMini]) }
            seen += Int64(setting.provider.attempts.count - before)
            #expect(seen <= amount)
        }
        #expect(seen == amount)
    }
}
