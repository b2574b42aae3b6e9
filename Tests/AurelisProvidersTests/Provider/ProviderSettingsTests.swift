import Aurelis
import AurelisJSON
import AurelisProviders
import AurelisTransport
import NIOPosix
import Testing

@Suite("Settings of a provider")
struct ProviderSettingsTests {
    private func provider(
        _ preset: String,
        clock: WallClock = .system,
        notices: NoticeLog = NoticeLog(),
        _ configure: (inout ProviderSettings) -> Void = { _ in }
    ) throws -> OpenAICompatibleProvider {
        var settings = ProviderSettings(id: "test", preset: try .named(preset))
        configure(&settings)
        return try OpenAICompatibleProvider(
            settings: settings,
            client: HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton),
            credentials: Credentials(settings: settings, environment: [:], explicit: (Secret("k-for-tests"), "test")),
            clock: clock,
            onNotice: notices.note
        )
    }

    @Test("each preset makes a provider", arguments: ProviderPreset.names)
    func presets(_ name: String) throws {
        _ = try provider(name) {
            if name == "custom" { $0.baseURL = "http://127.0.0.1:1/v1" }
            $0.placeholders["resource"] = "my-resource"
        }
    }

    @Test(
        "what cannot be used is refused with the setting's name",
        arguments: [
            ("custom", nil, nil, "base_url", "--base-url"),
            ("foundry", nil, nil, "resource", "name of your Foundry resource"),
            ("foundry", nil, "evil.example/", "resource", "base_url"), ("foundry", nil, "a.b", "resource", "base_url"),
            ("custom", "localhost:8000/v1", nil, "base_url", "scheme"),
            ("custom", "ftp://x/v1", nil, "base_url", "http"),
            ("custom", "http://user:pw@x/v1", nil, "base_url", "user name"),
        ] as [(String, String?, String?, String, String)]
    )
    func refusals(
        _ preset: String,
        _ baseURL: String?,
        _ resource: String?,
        _ setting: String,
        _ words: String
    ) throws {
        let error = try #require(throws: ProviderSettingsError.self) {
            try provider(preset) {
                $0.baseURL = baseURL
                $0.placeholders["resource"] = resource
            }
        }
        #expect(error.setting == setting)
        #expect(error.message.contains(words))
        #expect(!error.message.contains("pw"))
    }

    @Test(
        "headers that are not the configuration's to set are refused",
        arguments: [
            ("Authorization", "Bearer x"), ("Content-Type", "text/plain"), ("host", "x"), ("X-A", "a\r\nX-B: b"),
            ("X A", "a\tb\u{7F}"), ("", "a"), ("X:", "a"), ("X-Ä", "a"),
        ]
    )
    func headers(_ name: String, _ value: String) throws {
        #expect(throws: ProviderSettingsError.self) {
            try provider("openai") { $0.headers = [.init(name: name, value: value)] }
        }
    }

    @Test(
        "a retired preset refuses before anything is sent, unless somebody else is asked",
        arguments: [("github-models", "2026-07-30"), ("github-models-legacy", "2025-10-17")]
    )
    func retirement(_ preset: String, _ date: String) async throws {
        let end = try #require(CalendarDate(parsing: date)).secondsSinceEpoch
        let retired = try provider(preset, clock: .fixed(end))
        let error = await retirementError(of: retired)
        #expect(error?.category == .retired)
        #expect(error?.code == "provider_retired")
        #expect(error?.hint?.contains("aurelis config init --provider openai") == true)
        #expect(retired.model(.gpt4o, for: .chatCompletion) != nil)
        let catalogError = await #expect(throws: ModelError.self) { try await retired.fetchCatalog() }
        #expect(catalogError?.category == .retired)

        #expect(retired.outage?.category == .retired)
        #expect(retired.outage?.message == error?.message)
        #expect(retired.outage?.provider == "test")
        #expect(try provider(preset, clock: .fixed(end - 1)).outage == nil)
        #expect(try provider(preset, clock: .fixed(end)) { $0.ignoresRetirement = true }.outage == nil)

        // Nobody listens there, which is found out by asking.
        let elsewhere = try provider(preset, clock: .fixed(end)) { $0.baseURL = "http://127.0.0.1:1" }
        #expect(elsewhere.outage == nil)
        #expect(await retirementError(of: elsewhere)?.category == .connection)
    }

    private func retirementError(of provider: OpenAICompatibleProvider) async -> ModelError? {
        do throws(ModelError) {
            _ = try await provider.send(
                ProviderAttempt(
                    operation: .chatCompletion,
                    model: ProviderModel(id: .gpt4o, wireName: "gpt-4o"),
                    body: try JSONDocument(object: "gpt-4o"),
                    stream: false,
                    requestID: .next(),
                    timeout: .seconds(2)
                )
            )
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "a plan that the provider does not have is refused",
        arguments: [
            ("github-models", "gold", #"plan: "gold" is none of business, enterprise, free, pro"#),
            ("openai", "free", "plan: OpenAI has no plans that Aurelis knows; leave it out"),
        ]
    )
    func plan(_ preset: String, _ plan: String, _ words: String) throws {
        let error = try #require(throws: ProviderSettingsError.self) { try provider(preset) { $0.plan = plan } }
        #expect(error.description == words)
        _ = try provider("github-models") { $0.plan = "pro" }
    }

    @Test("who has not retired may be asked", arguments: ["openai", "mistral", "vllm"])
    func noOutage(_ preset: String) throws {
        #expect(try provider(preset).outage == nil)
    }

    @Test(
        "credentials that would travel in the open are warned of",
        arguments: [("http://192.0.2.1/v1", 1), ("https://192.0.2.1/v1", 0), ("http://127.0.0.1:9/v1", 0)]
    )
    func plainText(_ url: String, _ count: Int) throws {
        let log = NoticeLog()
        _ = try provider("openai", notices: log) { $0.baseURL = url }
        #expect(log.notices.filter { $0.kind == .unencrypted }.count == count)
    }
}
