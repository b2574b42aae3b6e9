package import Aurelis
internal import AurelisJSON
package import AurelisTransport
internal import Synchronization

/// A provider that speaks OpenAI's protocol, which nearly all do.
///
///     let settings = ProviderSettings(id: "openai", preset: try .named("openai"))
///     let credentials = Credentials(settings: settings, environment: environment)
///     let provider = try OpenAICompatibleProvider(settings: settings, client: client, credentials: credentials)
///
/// What goes out is the caller's body with the model's name as the provider spells it; no header of the caller does.
/// A stream is asked for its usage where the preset knows that it must be, and the caller did not decide about that.
///
/// **Time limits.** A whole answer has `connect`, `betweenBytes` and `total`: most providers send its first byte with
/// its last, so the limit for a stream's first byte would cut slow answers off, while one silence may still not use up
/// the time that a fallback needs. A stream has `connect`, `firstByte` and `betweenBytes`, and no total. The attempt's
/// own timeout shortens each of them, and of a stream bounds the time to its first content.
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
    let clock: WallClock
    private let retirement: (start: Int64, error: ModelError)?
    private let sunset = SunsetWatch()
    /// What was last told of a credential that is missing.
    private let absence = Mutex<String?>(nil)
    let limits: LimitWatch
    let validities: ValidityCache
    private let onNotice: @Sendable (ProviderNotice) -> Void

    /// A provider.
    ///
    /// - Parameters:
    ///   - clock: tells whether the preset has retired.
    ///   - time: for how long it holds what was found out about credentials.
    ///   - onNotice: is told what an operator should know although nothing failed; each thing once.
    /// - Throws: when the base URL, a placeholder, a header or the plan cannot be used.
    package init(
        settings: ProviderSettings,
        client: HTTPClient,
        credentials: Credentials,
        clock: WallClock = .system,
        time: any TimeSource = SystemTimeSource(),
        onNotice: @escaping @Sendable (ProviderNotice) -> Void = { _ in }
    ) throws(ProviderSettingsError) {
        id = settings.id
        self.settings = settings
        self.client = client
        self.credentials = credentials
        self.clock = clock
        self.onNotice = onNotice
        try settings.checkPlan()
        let security = settings.tls.map { tls in
            TLSProfile(tls) { [id = settings.id] mismatch in
                onNotice(ProviderNotice(provider: id, kind: .pinMismatch, message: "\(mismatch)"))
            }
        }
        endpoint = try ProviderEndpoint(settings, security: security)
        names = ModelNames(settings)
        classifier = ErrorClassifier(
            wayOut: settings.preset.retirement?.wayOut ?? ErrorClassifier.standardWayOut,
            clock: clock
        )
        // Whoever answers at another address is not the server that has retired.
        let preset = settings.baseURL == nil && !settings.ignoresRetirement ? settings.preset : nil
        retirement = preset?.retirement.map { ($0.date.secondsSinceEpoch, $0.error.from(settings.id)) }
        validities = ValidityCache(time: time)
        limits = LimitWatch(
            reads: settings.preset.reportsLimits,
            periods: settings.preset.limitPeriods
        )
        warnOfPlainText()
    }

    /// The first digits of the credential's digest.
    package var account: String {
        get async {
            guard let credential = try? await credentials.current() else { return "" }
            return credential.account
        }
    }

    /// That of the credential that is held.
    package var knownAccount: String? { credentials.held.map { $0.credential?.account ?? "" } }

    /// The base URL.
    package var address: String { endpoint.address }

    /// The model as this provider serves it, or nil when it does not.
    package func model(_ id: ModelID, for operation: ModelOperation) -> ProviderModel? {
        names.model(id, for: operation)
    }

    /// Every model this provider is known to serve.
    package var models: [ProviderModel] { names.served }

    /// Why nothing can be asked of this provider now: its preset has retired, and it has no address of its own.
    package var outage: ModelError? {
        guard let retirement, clock.secondsSinceEpoch >= retirement.start else { return nil }
        return retirement.error
    }

    /// How much the last minute's answers left of the tightest limit in their headers, 0 to 1; nil: they said nothing.
    package func headroom(of model: ProviderModel) -> Double? { limits.headroom(for: model.wireName) }

    /// What its headers and refusals of the last hour said of a model's limits.
    package func told(of model: ProviderModel) -> QuotaPlan? { limits.plan(of: model.wireName) }

    /// Sends one attempt.
    package func send(_ attempt: ProviderAttempt) async throws(ModelError) -> ProviderAnswer {
        do throws(ModelError) {
            // Before anything is sent to whoever has a retired provider's address now.
            if let outage { throw outage }
            let body = try body(of: attempt)
            let credential = try await self.credential()
            var request = endpoint.request(
                attempt.operation,
                body: body,
                stream: attempt.stream,
                credential: credential,
                timeouts: timeouts(of: attempt)
            )
            for field in attempt.traceFields.fields where !request.headers.contains(field.name) {
                request.headers.append(field.name, field.value)
            }
            request = try signed(request)
            request.onSending = attempt.onSending
            let response = try await response(to: request, credential, for: attempt.model)
            return try await answer(to: attempt, response, credential)
        } catch {
            throw error.from(id)
        }
    }

    /// The credential; that there is none is told with its reasons, once until they change.
    private func credential() async throws(ModelError) -> Credential? {
        do throws(ModelError) { return try await credentials.current() } catch {
            if let detail = error.detail {
                let isNew = absence.withLock { told in
                    defer { told = detail }
                    return told != detail
                }
                if isNew {
                    let message = "\(error.message); \(detail)"
                    onNotice(ProviderNotice(provider: id, kind: .credentialMissing, message: message))
                }
            }
            throw error
        }
    }

    /// Sends a request; what comes back has a status that means success.
    ///
    /// - Parameter model: whom the limits in the answer's headers are about; nil: nobody.
    func response(
        to request: HTTPClientRequest,
        _ credential: Credential?,
        for model: ProviderModel? = nil
    ) async throws(ModelError) -> HTTPClientResponse {
        let response: HTTPClientResponse
        do { response = try await client.send(request) } catch { throw ModelError(error) }
        let isSuccess = (200..<300) ~= response.status
        if isSuccess || response.status == 429, let model {
            limits.learn(from: response.headers, for: model.wireName)
        }
        guard isSuccess else {
            let refusal = await refusal(response, credential)
            if let model { limits.learn(from: refusal, of: model.wireName) }
            throw refusal
        }
        if let announcement = sunset.announcement(in: response.headers) {
            onNotice(ProviderNotice(provider: id, kind: .sunset, message: announcement))
        }
        return response
    }

    private func timeouts(of attempt: ProviderAttempt) -> HTTPTimeouts {
        var timeouts = settings.timeouts
        if attempt.stream {
            // Until the first content; the stream is told when that has come.
            timeouts.total = nil
        } else {
            timeouts.firstByte = max(timeouts.firstByte, timeouts.betweenBytes)
        }
        guard let limit = attempt.timeout else { return timeouts }
        timeouts.acquire = min(timeouts.acquire, limit)
        timeouts.connect = min(timeouts.connect, limit)
        timeouts.firstByte = min(timeouts.firstByte, limit)
        timeouts.total = min(timeouts.total ?? limit, limit)
        return timeouts
    }

    private func warnOfPlainText() {
        let host = endpoint.origin.host
        guard endpoint.origin.scheme == .http, host != "localhost", !LoopbackName.isAddress(host) else { return }
        guard settings.preset.credential.isRequired || settings.credential != nil else { return }
        let message = "\(endpoint.origin) is not encrypted: the credential and all prompts can be read on the way"
        onNotice(ProviderNotice(provider: id, kind: .unencrypted, message: message))
    }
}

extension ProviderPreset.Retirement {
    fileprivate var error: ModelError { ModelError(.retired, message, code: "provider_retired", hint: wayOut) }
}

extension ModelError {
    /// This failure, with the provider it came from.
    func from(_ provider: ProviderID) -> ModelError {
        var error = self
        error.provider = provider
        return error
    }
}
