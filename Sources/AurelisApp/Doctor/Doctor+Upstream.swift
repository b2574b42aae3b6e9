internal import Aurelis
internal import AurelisProviders
internal import AurelisTransport

extension Doctor {
    /// Certificates that end within this time should be exchanged by now.
    static let certificateNotice: Int64 = 14 * 86_400
    /// How far the clock may be wrong before signatures and certificates suffer.
    private static let skewAllowed: Int64 = 60

    /// Whether each provider can be reached: name, connection, handshake; nothing is sent.
    func upstreamFindings() async -> [DoctorFinding] {
        let name = "upstream"
        guard !configuration.simulates else { return [.init(name, .ok, "the simulator is part of the gateway")] }
        guard reach != .offline else { return [.init(name, .skipped, "offline")] }
        guard !configuration.providers.isEmpty else { return [.init(name, .skipped, "no provider is configured")] }
        do throws(ConfigurationError) {
            return try await withClient { client in
                await Self.each(configuration.providers) { await reached($0, by: client) }
            }
        } catch {
            return [.init(name, .fail, error.description)]
        }
    }

    private func reached(_ provider: Configuration.Provider, by client: HTTPClient) async -> [DoctorFinding] {
        let name = "upstream"
        guard !hasEnded(provider) else { return [.init(name, .skipped, "\(provider.id) has ended")] }
        let origin: HTTPOrigin
        do {
            let settings = try ProviderSettings(provider)
            guard let server = settings.server else {
                let advice = "set base_url, or the placeholders of the preset's address"
                return [.init(name, .fail, "\(provider.id) has no address", advice: advice)]
            }
            var parsed = try HTTPOrigin(parsing: server)
            parsed.security = provider.tls.map { TLSProfile($0) }
            origin = parsed
        } catch {
            return [.init(name, .fail, "\(provider.id): \(error)")]
        }
        let start = ContinuousClock.now
        do throws(TransportError) {
            let greeting = try await client.reach(origin, within: patience)
            return judge(greeting, of: provider.id, at: origin, after: .now - start)
        } catch {
            return [.init(name, .fail, "\(provider.id): \(error.readable)", advice: Self.advice(error, origin))]
        }
    }

    private func judge(
        _ greeting: ServerGreeting,
        of provider: String,
        at origin: HTTPOrigin,
        after time: Duration
    ) -> [DoctorFinding] {
        let name = "upstream"
        let reached = "\(provider): \(origin) in \(time.briefly)"
        guard let version = greeting.version else {
            guard LoopbackName.isAuthority(origin.authority) else {
                let advice = "use https, unless the network between is yours"
                return [
                    .init(name, .warn, "\(reached), not encrypted: prompts and credential can be read", advice: advice)
                ]
            }
            return [.init(name, .ok, "\(reached), on this machine")]
        }
        let until = greeting.expiry.map { ", certificate until \(Self.day($0))" } ?? ""
        let found = "\(reached), TLS \(version)\(until)"
        if let expiry = greeting.expiry, expiry - clock.secondsSinceEpoch < Self.certificateNotice {
            return [.init(name, .warn, "\(found), which is soon", advice: "whoever runs \(origin) should renew it")]
        }
        return [.init(name, .ok, found)]
    }

    private static func advice(_ error: TransportError, _ origin: HTTPOrigin) -> String {
        switch error.code {
        case .dnsFailure: "check the name, and this machine's resolver: `getent hosts \(origin.host)`"
        case .connectionRefused: "nobody listens there: start the server, or correct base_url"
        case .connectionFailed: "check this machine's network and routes"
        case .connectTimeout: "a firewall may drop it; if there is a proxy, set HTTPS_PROXY or transport.proxy"
        case .tlsVersion: "allow TLS 1.2 for it alone: `tls: { minimum: \"1.2\" }`"
        case .certificateUntrusted:
            "for an authority of your own: `transport.tls.extra_roots`; else do not send it anything"
        case .pinMismatch: "if its key was exchanged on purpose, add the new pin: `aurelis config pins \(origin)`"
        case .tlsFailure: "it may speak no TLS on this port; check base_url"
        case .proxyUnreachable, .proxyTimeout, .proxyClosed, .proxyInvalidAnswer:
            "check the proxy, or `transport: { proxy: none }`"
        case .proxyAuthentication: "give user and password in transport.proxy"
        case .proxyRefused, .proxyUnreachableTarget: "the proxy must allow \(origin.authority)"
        default: "check base_url and the network"
        }
    }
}

// MARK: - Clock

extension Doctor {
    /// Whether the time is right: against a provider where requests may be made, else whether it is a time at all.
    func clockFindings() async -> [DoctorFinding] {
        let name = "clock"
        let now = clock.secondsSinceEpoch
        // 2026 and 2100: a clock that was never set, or set by a slip.
        guard (1_767_225_600...4_102_444_800).contains(now) else {
            let advice = "set it: keys, quotas, certificates and signatures go by it"
            return [.init(name, .fail, "it says \(TimeStamp(milliseconds: now * 1_000))", advice: advice)]
        }
        let says = "it says \(TimeStamp(milliseconds: now * 1_000))"
        guard reach == .requests, !configuration.simulates, let provider = configuration.providers.first else {
            return [.init(name, .ok, "\(says); --online compares it with a provider's")]
        }
        guard let theirs = await date(of: provider) else {
            return [.init(name, .ok, "\(says); \(provider.id) told no time to compare it with")]
        }
        let skew = clock.secondsSinceEpoch - theirs
        guard abs(skew) > Self.skewAllowed else {
            return [.init(name, .ok, "\(says), \(abs(skew)) s off \(provider.id)'s")]
        }
        return [
            .init(
                name,
                .warn,
                "\(abs(skew)) s \(skew > 0 ? "ahead of" : "behind") \(provider.id)'s clock",
                advice: "let it be set from the network: `timedatectl set-ntp true`"
            )
        ]
    }

    private func date(of provider: Configuration.Provider) async -> Int64? {
        guard let server = try? ProviderSettings(provider).server, var origin = try? HTTPOrigin(parsing: server) else {
            return nil
        }
        origin.security = provider.tls.map { TLSProfile($0) }
        var request = HTTPClientRequest(method: "GET", origin: origin, target: "/")
        request.timeouts = HTTPTimeouts(connect: patience, firstByte: patience, total: patience)
        let field = try? await withClient { [request] client -> String? in
            guard let response = try? await client.send(request) else { return nil }
            response.body.cancel()
            return response.headers["date"]
        }
        return field.flatMap { $0 }.flatMap(HTTPDate.secondsSinceEpoch)
    }
}
