import AurelisJSON
import AurelisTesting
import Synchronization
import Testing

@testable import Aurelis

/// A wall clock that a test moves.
final class MovableClock: Sendable {
    private let seconds = Mutex<Int64>(1_700_000_000)

    func advance(by seconds: Int64) { self.seconds.withLock { $0 += seconds } }

    var clock: WallClock { WallClock { [self] in seconds.withLock { $0 } } }
}

/// An orchestrator with a cache, and all that a test wants to see of both.
struct CachedSetting: Sendable {
    let provider = ScriptedProvider("scripted")
    let clock = MovableClock()
    let redis = ScriptedCacheStore(.redis)
    let database = ScriptedCacheStore(.database)
    let cache: AnswerCache
    let orchestrator: ModelOrchestrator

    init(
        stores: Bool = false,
        encrypted: Bool = false,
        time: any TimeSource = ManualTimeSource(),
        _ configure: (inout CacheConfiguration) -> Void = { _ in },
        orchestrator change: (inout OrchestratorConfiguration) -> Void = { _ in }
    ) {
        var configuration = CacheConfiguration()
        configure(&configuration)
        let noted = Noted()
        cache = AnswerCache(
            configuration: configuration,
            stores: stores ? [redis, database] : [],
            encryptionKey: encrypted ? Array(repeating: 9, count: 32) : nil,
            clock: clock.clock,
            onTampering: { _, layer in noted.layers.withLock { $0.append(layer) } }
        )
        self.noted = noted
        var orchestration = OrchestratorConfiguration()
        orchestration.concurrency = nil
        change(&orchestration)
        orchestrator = ModelOrchestrator(
            providers: [provider],
            configuration: orchestration,
            cache: cache,
            time: time,
            random: FixedRandomSource()
        )
    }

    final class Noted: Sendable { let layers = Mutex<[CacheLayer]>([]) }
    let noted: Noted

    /// Another process with the same stores.
    func restarted() -> ModelOrchestrator {
        ModelOrchestrator(
            providers: [provider],
            cache: AnswerCache(stores: [redis, database], clock: clock.clock),
            time: ManualTimeSource()
        )
    }
}

extension ModelRequest {
    static func asking(_ prompt: String = "x", _ change: (inout ModelRequest) -> Void = { _ in }) -> ModelRequest {
        var request = ModelRequest(prompt, model: .gpt4o)
        change(&request)
        return request
    }
}

extension ModelOrchestrator {
    /// The text of a streamed answer.
    func streamed(_ request: ModelRequest) async throws -> ModelResponse {
        let stream = try await stream(request)
        while try await stream.next() != nil {}
        return stream.response
    }
}

@Suite("Cache: the way of a request")
struct OrchestratorCacheTests {
    @Test("the second equal request is answered from memory, with its age, and asks nobody")
    func hit() async throws {
        let setting = CachedSetting()
        let first = try await setting.orchestrator.respond(to: .asking())
        #expect(first.cache == .miss)
        setting.clock.advance(by: 12)
        let second = try await setting.orchestrator.respond(to: .asking())
        #expect(second.content == first.content)
        #expect(second.cache == .hit(.memory, age: .seconds(12)))
        #expect(second.attempts == 0)
        #expect(setting.provider.attempts.count == 1)
        #expect(setting.cache.statistics.layers[.memory]?.hits == 1)
        #expect(setting.cache.statistics.layers[.memory]?.misses == 1)
    }

    @Test("a hit touches neither circuit nor pause: an open circuit still serves what is kept")
    func hitBesideCircuit() async throws {
        let setting = CachedSetting(orchestrator: { $0.retry = RetryPolicy(rules: [:]) })
        _ = try await setting.orchestrator.respond(to: .asking("kept"))
        for _ in 0..<8 { setting.provider.script(.gpt4o, .failure(ModelError(.upstream, "boom"))) }
        for index in 0..<8 { _ = try? await setting.orchestrator.respond(to: .asking("\(index)")) }
        let failure = await #expect(throws: ModelError.self) {
            () async throws in _ = try await setting.orchestrator.respond(to: .asking("new"))
        }
        #expect(failure?.code == "circuit_open")
        #expect(try await setting.orchestrator.respond(to: .asking("kept")).cache?.age != nil)
    }

    @Test("memory serves for five minutes, then it is asked again")
    func memoryLifetime() async throws {
        let setting = CachedSetting()
        _ = try await setting.orchestrator.respond(to: .asking())
        setting.clock.advance(by: 299)
        #expect(try await setting.orchestrator.respond(to: .asking()).cache == .hit(.memory, age: .seconds(299)))
        setting.clock.advance(by: 1)
        #expect(try await setting.orchestrator.respond(to: .asking()).cache == .miss)
    }

    static let lifetimes: [(TaskType, Int64)] = [
        (.codeGeneration, 1_800), (.documentation, 3_600), (.explanation, 7_200), (.general, 3_600),
    ]

    @Test(
        "the time of an answer is the lesser of its layer's and its task's, from when it was given",
        arguments: lifetimes
    )
    func taskLifetime(task: TaskType, seconds: Int64) async throws {
        let setting = CachedSetting(stores: true)
        let request = ModelRequest.asking { $0.task = task }
        _ = try await setting.orchestrator.respond(to: request)
        setting.clock.advance(by: seconds - 1)
        let layer: CacheLayer = seconds > 3_600 ? .database : .redis
        #expect(try await setting.restarted().respond(to: request).cache == .hit(layer, age: .seconds(seconds - 1)))
        setting.clock.advance(by: 1)
        #expect(try await setting.restarted().respond(to: request).cache == .miss)
    }

    @Test("promotion to a faster layer keeps the creation time")
    func promotion() async throws {
        let setting = CachedSetting(stores: true)
        let request = ModelRequest.asking { $0.task = .explanation }
        _ = try await setting.orchestrator.respond(to: request)
        setting.clock.advance(by: 200)
        let restarted = setting.restarted()
        #expect(try await restarted.respond(to: request).cache == .hit(.redis, age: .seconds(200)))
        setting.clock.advance(by: 99)
        #expect(try await restarted.respond(to: request).cache == .hit(.memory, age: .seconds(299)))
        setting.clock.advance(by: 1)
        #expect(try await restarted.respond(to: request).cache == .hit(.redis, age: .seconds(300)))
    }

    static let conversions = [(false, false), (false, true), (true, false), (true, true)]

    @Test("an answer is kept in the form it came and given in the form that is wanted", arguments: conversions)
    func forms(keptAsStream: Bool, givenAsStream: Bool) async throws {
        let setting = CachedSetting(stores: true)
        setting.provider.script(.gpt4o, .text("one two three"))
        func ask(_ orchestrator: ModelOrchestrator, streamed: Bool) async throws -> ModelResponse {
            try await streamed ? orchestrator.streamed(.asking()) : orchestrator.respond(to: .asking())
        }
        let first = try await ask(setting.orchestrator, streamed: keptAsStream)
        #expect(first.content == "one two three")
        for orchestrator in [setting.orchestrator, setting.restarted()] {
            let second = try await ask(orchestrator, streamed: givenAsStream)
            #expect(second.content == "one two three")
            #expect(second.finishReason == .stop)
            #expect(second.usage == TokenUsage(prompt: 7, completion: 3))
            #expect(second.cache?.age != nil)
        }
        #expect(setting.provider.attempts.count == 1)
    }

    @Test(
        "a stream is replayed chunk by chunk as it came, and gets a usage chunk of its own only when it asked for one"
    )
    func replay() async throws {
        let setting = CachedSetting()
        func events(_ options: String) async throws -> [String] {
            let body = #"{"model":"gpt-4o","messages":[{"role":"user","content":"x"}],"stream":true\#(options)}"#
            let call = try ModelCall(reading: JSONDocument(body), operation: .chatCompletion)
            guard case .stream(let stream) = try await setting.orchestrator.answer(call).answer else { return [] }
            var events: [String] = []
            while let event = try await stream.next() { events.append(String(decoding: event.raw, as: UTF8.self)) }
            return events
        }
        setting.provider.script(.gpt4o, .text("one two"))
        let asked = #","stream_options":{"include_usage":true}"#
        let original = try await events(asked)
        #expect(try await events(asked) == original)
        let plain = try await events("")
        #expect(plain == original.filter { !$0.contains(#""choices":[]"#) })
        #expect(plain.count == original.count - 1)
    }

    @Test("of two askings the later one counts, whichever is answered first")
    func newerCounts() async throws {
        let setting = CachedSetting()
        let gate = ScriptedGate()
        setting.provider.script(.gpt4o, .gated(gate, .text("old")), .text("new"))
        async let first = setting.orchestrator.respond(to: .asking())
        await setting.provider.attempts(atLeast: 1)
        setting.clock.advance(by: 1)
        #expect(try await setting.orchestrator.respond(to: .asking { $0.cache = .refresh }).content == "new")
        gate.open()
        #expect(try await first.content == "old")
        #expect(try await setting.orchestrator.respond(to: .asking()).content == "new")
    }

    @Test("a provider of the same name at another address is another server")
    func addresses() async throws {
        let cache = AnswerCache()
        var answers: [String] = []
        for port in [8_000, 8_001, 8_000] {
            let provider = ScriptedProvider("local", address: "http://127.0.0.1:\(port)/v1")
            provider.script(.gpt4o, .text("from \(port)"))
            let orchestrator = ModelOrchestrator(providers: [provider], cache: cache, time: ManualTimeSource())
            answers.append(try await orchestrator.respond(to: .asking()).content)
        }
        #expect(answers == ["from 8000", "from 8001", "from 8000"])
        #expect(cache.statistics.layers[.memory]?.hits == 1)
    }

    @Test(
        "what is not a whole, finished answer is not kept",
        arguments: ["length", "content_filter", "error", "MAX_TOKENS", "SAFETY", "model_length", "cancelled", ""]
    )
    func unfinished(reason: String) async throws {
        let setting = CachedSetting()
        let document = try JSONDocument(ScriptedAnswer.completion("half", finishReason: reason))
        setting.provider.script(.gpt4o, .document(document), .document(document))
        _ = try? await setting.orchestrator.respond(to: .asking())
        _ = try? await setting.orchestrator.respond(to: .asking())
        #expect(setting.provider.attempts.count == 2)
        #expect(setting.cache.statistics.kept == 0)
    }

    @Test("a failure is not kept")
    func failure() async throws {
        let setting = CachedSetting()
        setting.provider.script(.gpt4o, .failure(ModelError(.invalidRequest, "no")))
        await #expect(throws: ModelError.self) { () async throws in
            _ = try await setting.orchestrator.respond(to: .asking())
        }
        #expect(try await setting.orchestrator.respond(to: .asking()).cache == .miss)
    }

    @Test("a stream that broke off is not kept")
    func brokenStream() async throws {
        let setting = CachedSetting(orchestrator: { $0.resumesStreams = false })
        let events = Array(try ScriptedAnswer.events("one two three").prefix(3))
        setting.provider.script(.gpt4o, .events(events, ending: ModelError(.connection, "cut")))
        await #expect(throws: ModelError.self) { () async throws in
            _ = try await setting.orchestrator.streamed(.asking())
        }
        #expect(setting.cache.statistics.kept == 0)
        #expect(try await setting.orchestrator.streamed(.asking()).cache == .miss)
    }

    @Test("a fallback's answer is kept under its own name, never under the first model's")
    func fallback() async throws {
        let setting = CachedSetting()
        var request = ModelRequest.asking()
        request.fallback = .models([.gpt4oMini])
        setting.provider.script(.gpt4o, .failure(ModelError(.quota, "used up")))
        #expect(try await setting.orchestrator.respond(to: request).modelUsed == .gpt4oMini)
        let second = try await setting.orchestrator.respond(to: request)
        #expect(second.modelUsed == .gpt4o && second.cache == .miss)
        #expect(try await setting.orchestrator.respond(to: .asking { $0.model = .gpt4oMini }).cache?.age != nil)
    }

    @Test("sampled answers are only kept where that is wanted")
    func sampled() async throws {
        let setting = CachedSetting()
        let sampled = ModelRequest.asking { $0.temperature = 0.7 }
        #expect(try await setting.orchestrator.respond(to: sampled).cache == .bypass(.sampled))
        #expect(try await setting.orchestrator.respond(to: sampled).cache == .bypass(.sampled))
        var always = sampled
        always.cache = .always
        #expect(try await setting.orchestrator.respond(to: always).cache == .miss)
        #expect(try await setting.orchestrator.respond(to: always).cache?.age != nil)
        let seeded = ModelRequest.asking {
            $0.temperature = 0.7; $0.seed = 3
        }
        #expect(try await setting.orchestrator.respond(to: seeded).cache == .miss)
        #expect(try await setting.orchestrator.respond(to: seeded).cache?.age != nil)
    }

    static let varying: [(members: String, reason: CacheStatus.Reason?)] = [
        (#""temperature":0"#, nil), (#""temperature":0.0"#, nil), (#""temperature":null"#, nil), (#""top_p":0.5"#, nil),
        (#""temperature":0.1"#, .sampled), (#""temperature":"0.7""#, .sampled), (#""temperature":1e400"#, .sampled),
        (#""temperature":"0.7","seed":1"#, nil), (#""web_search_options":{}"#, .volatile),
        (#""web_search_options":null"#, nil), (#""tools":[{"type":"function","function":{"name":"web_search"}}]"#, nil),
        (#""tools":[{"type":"function"},{"type":"web_search_preview"}]"#, .volatile),
        (#""tools":[{"type":"browser_search"}]"#, .volatile), (#""plugins":[{"id":"web"}]"#, .volatile),
        (#""plugins":[{"id":"file-parser"}]"#, nil), (#""model":"gpt-4o:online""#, .volatile),
        (#""model":"gpt-4o-search-preview""#, .volatile), (#""model":"Research""#, nil),
        (#""model":"GPT-5-Search-API-2025""#, .volatile), (#""model":"-search-""#, nil), (#""model":"online""#, nil),
    ]

    @Test("what may be answered otherwise the next time is known by its fields", arguments: varying)
    func variety(members: String, reason: CacheStatus.Reason?) throws {
        let body = try JSONDocument("{\(members)}")
        let call = ModelCall(operation: .chatCompletion, body: body, model: body["model"]?.string.map { ModelID($0) })
        #expect(call.variety == reason)
    }

    @Test("refresh asks and replaces; off neither looks nor keeps; only never asks")
    func policies() async throws {
        let setting = CachedSetting()
        setting.provider.script(.gpt4o, .text("old"), .text("new"), .text("aside"))
        let missing = await #expect(throws: ModelError.self) { () async throws in
            _ = try await setting.orchestrator.respond(to: .asking { $0.cache = .only })
        }
        #expect(missing?.category == .notCached)
        _ = try await setting.orchestrator.respond(to: .asking())
        #expect(try await setting.orchestrator.respond(to: .asking { $0.cache = .only }).content == "old")
        let refreshed = try await setting.orchestrator.respond(to: .asking { $0.cache = .refresh })
        #expect(refreshed.content == "new" && refreshed.cache == .bypass(.refresh))
        #expect(try await setting.orchestrator.respond(to: .asking()).content == "new")
        let aside = try await setting.orchestrator.respond(to: .asking { $0.cache = .off })
        #expect(aside.content == "aside" && aside.cache == .bypass(.off))
        #expect(try await setting.orchestrator.respond(to: .asking()).content == "new")
        #expect(setting.provider.attempts.count == 3)
    }

    @Test("a model's rule goes before its task's, and the request's wish before both")
    func rules() async throws {
        let setting = CachedSetting { configuration in
            configuration.tasks[.general] = CacheConfiguration.Rule(policy: .always)
            configuration.models[.gpt4o] = CacheConfiguration.Rule(policy: .off)
        }
        #expect(try await setting.orchestrator.respond(to: .asking()).cache == .bypass(.off))
        #expect(try await setting.orchestrator.respond(to: .asking { $0.cache = .use }).cache == .miss)
        let sampled = ModelRequest.asking {
            $0.model = .gpt4oMini; $0.temperature = 1
        }
        #expect(try await setting.orchestrator.respond(to: sampled).cache == .miss)
        #expect(try await setting.orchestrator.respond(to: sampled).cache?.age != nil)
    }

    @Test("two tenants never share, in any layer")
    func tenants() async throws {
        let setting = CachedSetting(stores: true)
        setting.provider.script(.gpt4o, .text("a's"), .text("b's"))
        for tenant in ["a", "b"] {
            let answer = try await setting.orchestrator.respond(to: .asking { $0.tenant = tenant })
            #expect(answer.content == tenant + "'s")
        }
        for tenant in ["a", "b"] {
            for orchestrator in [setting.orchestrator, setting.restarted()] {
                let answer = try await orchestrator.respond(to: .asking { $0.tenant = tenant })
                #expect(answer.content == tenant + "'s" && answer.cache?.age != nil)
            }
        }
    }

    @Test("an answer that was changed in a store is a miss, is dropped, and is reported", arguments: [false, true])
    func tampering(encrypted: Bool) async throws {
        let setting = CachedSetting(stores: true, encrypted: encrypted)
        _ = try await setting.orchestrator.respond(to: .asking())
        setting.redis.damage { $0[$0.count - 20] ^= 1 }
        setting.clock.advance(by: 301)
        let again = try await setting.orchestrator.respond(to: .asking())
        #expect(again.cache == .hit(.database, age: .seconds(301)))
        #expect(setting.noted.layers.withLock { $0 } == [.redis])
        #expect(setting.redis.dropped.count == 1)
        #expect(setting.cache.statistics.tampered == 1)
    }

    @Test("past its time an answer is served only when nobody can answer, where that is wanted, and says so")
    func stale() async throws {
        let setting = CachedSetting(stores: true, { $0.staleLimit = .seconds(86_400) })
        _ = try await setting.orchestrator.respond(to: .asking())
        setting.clock.advance(by: 4_000)
        setting.provider.script(
            .gpt4o,
            .failure(ModelError(.quota, "used up")),
            .failure(ModelError(.invalidRequest, "bad"))
        )
        let stale = try await setting.orchestrator.respond(to: .asking())
        #expect(stale.cache == .stale(.redis, age: .seconds(4_000)))
        await #expect(throws: ModelError.self) { () async throws in
            _ = try await setting.orchestrator.respond(to: .asking())
        }
        setting.clock.advance(by: 100_000)
        setting.provider.script(.gpt4o, .failure(ModelError(.quota, "used up")))
        await #expect(throws: ModelError.self) { () async throws in
            _ = try await setting.orchestrator.respond(to: .asking())
        }
    }

    @Test("by default nothing stale is served")
    func notStale() async throws {
        let setting = CachedSetting(stores: true)
        _ = try await setting.orchestrator.respond(to: .asking())
        setting.clock.advance(by: 4_000)
        setting.provider.script(.gpt4o, .failure(ModelError(.quota, "used up")))
        await #expect(throws: ModelError.self) { () async throws in
            _ = try await setting.orchestrator.respond(to: .asking())
        }
    }
}

@Suite("Cache: invalidation")
struct CacheInvalidationTests {
    static let selections: [(CacheSelection, Bool)] = [
        (.all, true), (CacheSelection(task: .explanation), true), (CacheSelection(task: .general), false),
        (CacheSelection(tag: "release-2"), true), (CacheSelection(tag: "release"), false),
        (CacheSelection(model: "gpt-4o"), true), (CacheSelection(model: "gpt-4"), false),
        (CacheSelection(tenant: "a"), true), (CacheSelection(tenant: ""), false),
        (CacheSelection(task: .explanation, tenant: "b"), false),
    ]

    @Test("a selection is gone from every layer, and nothing else", arguments: selections)
    func reach(selection: CacheSelection, isGone: Bool) async throws {
        let setting = CachedSetting(stores: true)
        let request = ModelRequest.asking {
            $0.task = .explanation; $0.tenant = "a"; $0.cacheTags = ["release-2"]
        }
        _ = try await setting.orchestrator.respond(to: request)
        setting.clock.advance(by: 1)
        try await setting.cache.invalidate(selection)
        #expect((try await setting.restarted().respond(to: request).cache == .miss) == isGone)
        #expect((try await setting.orchestrator.respond(to: request).cache?.age == nil) == isGone || isGone)
    }

    @Test("a key's prefix selects")
    func prefix() async throws {
        let setting = CachedSetting()
        _ = try await setting.orchestrator.respond(to: .asking())
        let key = try #require(try await setting.cache.facts(of: .all, in: .memory, limit: 9).first?.key.description)
        setting.clock.advance(by: 1)
        try await setting.cache.invalidate(CacheSelection(keyPrefix: "x" + key.prefix(7)))
        #expect(try await setting.orchestrator.respond(to: .asking()).cache?.age != nil)
        try await setting.cache.invalidate(CacheSelection(keyPrefix: String(key.prefix(8))))
        #expect(try await setting.orchestrator.respond(to: .asking()).cache == .miss)
    }

    @Test("an event reaches the tasks that the configuration names, and what is tagged with it")
    func events() async throws {
        let setting = CachedSetting { $0.events["style_guide_2"] = [.codeReview] }
        let review = ModelRequest.asking("review") { $0.task = .codeReview }
        let tagged = ModelRequest.asking("tagged") { $0.cacheTags = ["style_guide_2"] }
        let other = ModelRequest.asking("other")
        for request in [review, tagged, other] { _ = try await setting.orchestrator.respond(to: request) }
        setting.clock.advance(by: 1)
        try await setting.cache.invalidate(event: "style_guide_2")
        #expect(try await setting.orchestrator.respond(to: review).cache == .miss)
        #expect(try await setting.orchestrator.respond(to: tagged).cache == .miss)
        #expect(try await setting.orchestrator.respond(to: other).cache?.age != nil)
    }

    @Test("what another process invalidated is gone from memory at the next look")
    func elsewhere() async throws {
        let setting = CachedSetting(stores: true)
        _ = try await setting.orchestrator.respond(to: .asking())
        #expect(try await setting.orchestrator.respond(to: .asking()).cache == .hit(.memory, age: .zero))
        setting.database.invalidateElsewhere()
        #expect(try await setting.orchestrator.respond(to: .asking()).cache == .hit(.redis, age: .zero))
    }

    @Test("an answer that was under way when it was invalidated is given, but not kept")
    func underWay() async throws {
        let setting = CachedSetting(stores: true)
        let gate = ScriptedGate()
        setting.provider.script(.gpt4o, .gated(gate, .text("old world")))
        async let answer = setting.orchestrator.respond(to: .asking())
        await setting.provider.attempts(atLeast: 1)
        try await setting.cache.invalidate(.all)
        gate.open()
        #expect(try await answer.content == "old world")
        #expect(setting.cache.statistics.kept == 0)
        #expect(setting.database.sealed.isEmpty)
        setting.clock.advance(by: 1)
        #expect(try await setting.orchestrator.respond(to: .asking()).cache == .miss)
    }

    @Test("who asks after an invalidation does not join who asked before")
    func flightsBefore() async throws {
        let setting = CachedSetting()
        let gate = ScriptedGate()
        setting.provider.script(.gpt4o, .gated(gate, .text("old world")), .text("new world"))
        async let before = setting.orchestrator.respond(to: .asking())
        await setting.provider.attempts(atLeast: 1)
        setting.clock.advance(by: 1)
        try await setting.cache.invalidate(CacheSelection(task: .general))
        #expect(try await setting.orchestrator.respond(to: .asking()).content == "new world")
        gate.open()
        #expect(try await before.content == "old world")
    }

    @Test("a store that cannot be reached is named; the others have dropped theirs")
    func unreachable() async throws {
        let setting = CachedSetting(stores: true)
        _ = try await setting.orchestrator.respond(to: .asking())
        setting.redis.fail(CacheStoreError(.redis, "gone"))
        setting.clock.advance(by: 1)
        let failure = await #expect(throws: CacheStoreError.self) { () async throws in
            try await setting.cache.invalidate(.all)
        }
        #expect(failure?.layer == .redis)
        // What Redis still has was invalidated all the same.
        #expect(try await setting.orchestrator.respond(to: .asking()).cache == .miss)
    }
}
