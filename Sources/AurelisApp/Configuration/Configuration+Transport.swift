internal import AurelisTLS
package import AurelisTransport

extension Configuration {
    /// Connections to providers.
    package struct Transport: Sendable, Equatable {
        /// Connections to all providers together.
        package var totalConnections = 100
        /// Connections to one host.
        package var connectionsPerHost = 20
        /// How long an unused connection is kept.
        package var idleTimeout: Duration = .seconds(60)
        /// How providers are authenticated that do not say otherwise.
        package var tls = TLSClientSettings()
        /// By way of whom.
        package var proxy = ProxyChoice.environment
    }

    /// Who says which proxy is used.
    package enum ProxyChoice: Sendable, Equatable {
        /// `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, which also hold for other programs.
        case environment
        /// There is none, whatever the environment says.
        case none
        /// This one.
        case fixed(Proxy)
    }

    /// A proxy.
    package struct Proxy: Sendable, Equatable {
        /// Where it listens.
        package var server: ProxyServer
        /// Who asks it.
        package var username: String?
        /// With which password.
        package var password: APIKey?
        /// Who is asked directly.
        package var exceptions: [ProxyException] = []
        /// Whether servers on this machine are asked by way of it too.
        package var includesLoopback = false
    }
}

extension Configuration.Transport {
    init(reading root: SettingsReader, warnings: inout [String]) throws(ConfigurationError) {
        let names = ["total_connections", "connections_per_host", "idle_timeout", "tls", "proxy"]
        let section = try root.section("transport", knowing: names)
        totalConnections = try section.integer("total_connections", in: 1...100_000, default: totalConnections)
        connectionsPerHost = try section.integer("connections_per_host", in: 1...100_000, default: connectionsPerHost)
        idleTimeout = try section.positive("idle_timeout", default: idleTimeout)
        tls = try TLSClientSettings(reading: section.section("tls", knowing: TLSClientSettings.settings), over: tls)
        proxy = try Configuration.ProxyChoice(reading: "proxy", of: section, warnings: &warnings)
    }
}

extension TLSClientSettings {
    static let settings = ["minimum", "roots", "extra_roots", "client_certificate", "client_key"]

    /// What a section says over what holds otherwise.
    init(reading section: SettingsReader, over others: TLSClientSettings) throws(ConfigurationError) {
        self = others
        minimumVersion = try section.tlsMinimum("minimum", default: minimumVersion)
        rootsFile = try section.string("roots", default: rootsFile)
        additionalRootsFile = try section.string("extra_roots", default: additionalRootsFile)
        switch (try section.string("client_certificate"), try section.string("client_key")) {
        case (nil, nil): break
        case (let certificate?, let key?): clientCertificate = .init(certificateFile: certificate, keyFile: key)
        case (_?, nil): throw section.error("is missing: the key of the certificate", at: "client_key")
        case (nil, _?): throw section.error("is missing: the certificate of the key", at: "client_certificate")
        }
    }
}

extension TLSClientSettings {
    /// What a provider says with `tls`, `pins` and `pin_mode`; nil: nothing, so that it shares what all have.
    init?(ofProvider section: SettingsReader, over others: TLSClientSettings) throws(ConfigurationError) {
        guard section.has("tls") || section.has("pins") || section.has("pin_mode") else { return nil }
        try self.init(reading: section.section("tls", knowing: Self.settings), over: others)
        let modes = PublicKeyPins.Mode.allCases.map { ($0.rawValue, $0) }
        let mode = try section.choice("pin_mode", among: modes, default: nil)
        var pins: Set<PublicKeyPin> = []
        for text in try section.strings("pins") ?? [] {
            do { pins.insert(try PublicKeyPin(parsing: text)) } catch {
                throw section.error(
                    "\(RepeatedText.value(text)) \(error.message)",
                    at: "pins",
                    suggestion: "`aurelis config pins URL` prints those of a server"
                )
            }
        }
        if pins.isEmpty {
            guard mode == nil, !section.has("pins") else {
                throw section.error("must name at least one key", at: "pins")
            }
        } else {
            self.pins = PublicKeyPins(pins, mode: mode ?? .enforce)
        }
    }
}

extension SettingsReader {
    func tlsMinimum(_ name: String, default fallback: TLSMinimum) throws(ConfigurationError) -> TLSMinimum {
        let versions = TLSMinimum.allCases.map { ($0.rawValue, $0) }
        return try choice(name, among: versions, default: fallback.rawValue) ?? fallback
    }
}

extension Configuration.ProxyChoice {
    fileprivate init(
        reading name: String,
        of section: SettingsReader,
        warnings: inout [String]
    ) throws(ConfigurationError) {
        guard section.has(name) else {
            self = .environment
            return
        }
        guard section.isMap(name) else {
            // An address may hold a password.
            let text = try section.string(name, secret: true) ?? ""
            self =
                switch text {
                case "none": .none
                case "environment": .environment
                default: .fixed(Configuration.Proxy(server: try Self.server(text, at: name, of: section)))
                }
            return
        }
        let proxy = try section.section(name, knowing: ["url", "username", "password", "no_proxy", "loopback"])
        guard let url = try proxy.string("url", secret: true) else {
            throw proxy.error("is missing, such as http://proxy.example.com:3128", at: "url")
        }
        var chosen = Configuration.Proxy(server: try Self.server(url, at: "url", of: proxy))
        chosen.username = try proxy.string("username")
        chosen.password = try proxy.secret("password", of: "the proxy", warnings: &warnings)
        if chosen.password != nil, chosen.username == nil {
            throw proxy.error("is missing: whose password it is", at: "username")
        }
        for entry in try proxy.strings("no_proxy") ?? [] {
            guard let exception = ProxyException(entry) else {
                throw proxy.error(
                    "\(RepeatedText.value(entry)) is neither a name nor an address nor a network",
                    at: "no_proxy",
                    suggestion: "such as example.com, 10.1.2.3 or 10.0.0.0/8"
                )
            }
            chosen.exceptions.append(exception)
        }
        chosen.includesLoopback = try proxy.flag("loopback", default: false)
        self = .fixed(chosen)
    }

    private static func server(
        _ text: String,
        at name: String,
        of section: SettingsReader
    ) throws(ConfigurationError) -> ProxyServer {
        do { return try ProxyServer(parsing: text) } catch { throw section.error(error.message, at: name) }
    }
}
