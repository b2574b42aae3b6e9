package import Aurelis
internal import AurelisJSON
package import AurelisTransport

/// A provider that speaks OpenAI's protocol, which nearly all do.
///
///     let settings = ProviderSettings(id: "openai", preset: try .named("openai"))
///     let credentials = Credentials(settings: settings, environment: environment)
///     let provider = try OpenAICompatibleProvider(settings: settings, client: client, credentials: credentials)
///
/// What goes out is the caller's body with the model's name as the provider spells it; no header of the caller does.
///
/// **Time limits.** A whole answer has `connect`, `betweenBytes` and `total`: most providers send its first byte with
/// its last, so the limit for a stream's first byte would cut slow answers off, while one silence may still not use up
/// the time that a fallback needs. A stream has `connect`, `firstByte` and `betweenBytes`, and no total. The attempt's
/// own timeout shortens each of them.
///
/// **Whole answers to streamed requests.** Some servers ignore `stream`. A JSON object with `choices` is then returned
/// as `.whole`: the type says what it is, and the caller decides.
package final class OpenAICompatibleProvider: ModelProvider {
    /// The name that the configuration gives this provider.
    package let id: ProviderID
    let settings: ProviderSettings
    let endpoint: ProviderEndpoint
    let client: HTTPClient
    let credentials: Credentials
    let classifier: ErrorClassifier
    private let names: ModelNames
    private let clock: WallClock
    private let retirement: ProviderPreset.Retirement?
    private let sunset = SunsetWatch()
    private let onNotice: @Sendable (ProviderNotice) -> Void

    /// A provider.
    ///
    /// - Parameters:
    ///   - clock: tells whether the preset has retired.
    ///   - onNotice: is told what an operator should know although nothing failed; each thing once.
    /// - Throws: when the base URL, a placeholder or a header cannot be used.
    package init(
        settings: ProviderSettings,
        client: HTTPClient,
        credentials: Credentials,
        clock: WallClock = .system,
        onNotice: @escaping @Sendable (ProviderNotice) -> Void = { _ in }
    ) throws(ProviderSettingsError) {
        id = settings.id
        self.settings = settings
        self.client = client
        self.credentials = credentials
        self.clock = clock
        self.onNotice = onNotice
        endpoint = try ProviderEndpoint(settings)
        names = ModelNames(settings)
        classifier = ErrorClassifier(
            wayOut: settings.preset.retirement?.wayOut ?? ErrorClassifier.standardWayOut,
            clock: clock
        )
        // Whoever answers at another address is not the server that has retired.
        retirement = settings.baseURL == nil && !settings.ignoresRetirement ? settings.preset.retirement : nil
        warnOfPlainText()
    }

    /// The model as this provider serves it, or nil when it does not.
    package func model(_ id: ModelID, for operation: ModelOperation) -> ProviderModel? {
        names.model(id, for: operation)
    }

    /// Every model this provider is known to serve.
    package var models: [ProviderModel] { names.served }

    /// Sends one attempt.
    package func send(_ attempt: ProviderAttempt) async throws(ModelError) -> ProviderAnswer {
        do throws(ModelError) {
            try checkRetirement()
            let credential = try await credentials.current()
            let request = endpoint.request(
                attempt.operation,
                body: body(of: attempt),
                stream: attempt.stream,
                credential: credential,
                timeouts: timeouts(of: attempt)
            )
            return try await answer(to: attempt, response(to: request, credential), credential)
        } catch {
            throw error.from(id)
        }
    }

    /// Sends a request; what comes back has a status that means success.
    func response(
        to request: HTTPClientRequest,
        _ credential: Credential?
    ) async throws(ModelError) -> HTTPClientResponse {
        let response: HTTPClientResponse
        do { response = try await client.send(request) } catch { throw ModelError(error) }
        guard (200..<300) ~= response.status else { throw await refusal(response, credential) }
        if let announcement = sunset.announcement(in: response.headers) {
            onNotice(ProviderNotice(provider: id, kind: .sunset, message: announcement))
        }
        return response
    }

    /// Throws when the provider has ended, before anything is sent to whoever has its address now.
    func checkRetirement() throws(ModelError) {
        guard let retirement, clock.secondsSinceEpoch >= retirement.date.secondsSinceEpoch else { return }
        throw ModelError(.retired, retirement.message, code: "provider_retired", hint: retirement.wayOut)
    }

    private func body(of attempt: ProviderAttempt) -> [UInt8] {
        let wireName = attempt.model.wireName
        if let named = attempt.body["model"], named.stringEquals(wireName) { return attempt.body.bytes }
        var body = attempt.body
        body.set("model", to: .string(wireName))
        return body.bytes
    }

    private func timeouts(of attempt: ProviderAttempt) -> HTTPTimeouts {
        var timeouts = settings.timeouts
        if attempt.stream {
            timeouts.total = nil
        } else {
            timeouts.firstByte = max(timeouts.firstByte, timeouts.betweenBytes)
        }
        guard let limit = attempt.timeout else { return timeouts }
        timeouts.acquire = min(timeouts.acquire, limit)
        timeouts.connect = min(timeouts.connect, limit)
        timeouts.firstByte = min(timeouts.firstByte, limit)
        if !attempt.stream { timeouts.total = min(timeouts.total ?? limit, limit) }
        return timeouts
    }

    private func warnOfPlainText() {
        let local = ["localhost", "127.0.0.1", "::1"]
        guard endpoint.origin.scheme == .http, !local.contains(endpoint.origin.host) else { return }
        guard settings.preset.credential.isRequired || settings.credential != nil else { return }
        let message = "\(endpoint.origin) is not encrypted: the credential and all prompts can be read on the way"
        onNotice(ProviderNotice(provider: id, kind: .unencrypted, message: message))
    }
}

extension ModelError {
    /// This failure, with the provider it came from.
    func from(_ provider: ProviderID) -> ModelError {
        var error = self
        error.provider = provider
        return error
    }
}
