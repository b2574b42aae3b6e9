import Aurelis
import AurelisJSON
import AurelisProviders
import AurelisTransport
import NIOPosix

/// A provider against a loopback server, both gone when the test is over.
struct ProviderHarness: Sendable {
    let server: LoopbackServer
    let provider: OpenAICompatibleProvider
    let credentials: Credentials

    static func run(
        preset: String = "custom",
        path: String = "",
        configure: @Sendable (inout ProviderSettings) -> Void = { _ in },
        environment: [String: String] = [:],
        explicit: Secret? = nil,
        onNotice: @escaping @Sendable (ProviderNotice) -> Void = { _ in },
        respond: @escaping @Sendable (LoopbackServer.Request, _ number: Int) -> [LoopbackServer.Step],
        test: (ProviderHarness) async throws -> Void
    ) async throws {
        let server = try await LoopbackServer.start(respond)
        let client = HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton)
        var settings = ProviderSettings(id: "test", preset: try .named(preset))
        settings.baseURL = server.baseURL + path
        configure(&settings)
        let credentials = Credentials(
            settings: settings,
            environment: environment,
            explicit: explicit.map { ($0, "the test") }
        )
        let provider = try OpenAICompatibleProvider(
            settings: settings,
            client: client,
            credentials: credentials,
            onNotice: onNotice
        )
        let harness = ProviderHarness(server: server, provider: provider, credentials: credentials)
        do {
            try await test(harness)
        } catch {
            await harness.stop(client)
            throw error
        }
        await harness.stop(client)
    }

    private func stop(_ client: HTTPClient) async {
        await client.shutdown()
        await server.stop()
    }

    /// Sends a body for a model.
    func send(
        _ body: String = #"{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]}"#,
        model: ModelID = "gpt-4o",
        operation: ModelOperation = .chatCompletion,
        stream: Bool = false,
        prefill: String? = nil,
        timeout: Duration? = .seconds(60)
    ) async throws -> ProviderAnswer {
        try await send(
            JSONDocument(body),
            model: model,
            operation: operation,
            stream: stream,
            prefill: prefill,
            timeout: timeout
        )
    }

    /// Sends a document for a model.
    func send(
        _ body: JSONDocument,
        model: ModelID,
        operation: ModelOperation = .chatCompletion,
        stream: Bool = false,
        prefill: String? = nil,
        timeout: Duration? = .seconds(60)
    ) async throws -> ProviderAnswer {
        guard let served = provider.model(model, for: operation) else {
            throw ModelError(.modelUnavailable, "the test's provider does not serve \(model)")
        }
        return try await provider.send(
            ProviderAttempt(
                operation: operation,
                model: served,
                body: body,
                stream: stream,
                prefill: prefill,
                requestID: .next(),
                timeout: timeout
            )
        )
    }

    /// The error of a request that must fail.
    func failure(stream: Bool = false, timeout: Duration? = .seconds(60)) async -> ModelError? {
        do {
            _ = try await send(stream: stream, timeout: timeout)
            return nil
        } catch {
            return error as? ModelError
        }
    }

    /// The events of a stream, and the error that ended it.
    func events() async throws -> (events: [ProviderEvent], failure: ModelError?) {
        guard case .stream(let stream) = try await send(stream: true) else { return ([], nil) }
        var events: [ProviderEvent] = []
        do throws(ModelError) {
            while let event = try await stream.next() { events.append(event) }
            return (events, nil)
        } catch {
            return (events, error)
        }
    }
}

extension ProviderEvent {
    var text: String { String(decoding: raw, as: UTF8.self) }
}

extension JSONDocument {
    /// A small chat completion body.
    init(object model: String) throws(ModelError) {
        do throws(JSONError) {
            try self.init(#"{"model":"\#(model)","messages":[]}"#)
        } catch {
            throw ModelError(.invalidRequest, "\(error)")
        }
    }
}
