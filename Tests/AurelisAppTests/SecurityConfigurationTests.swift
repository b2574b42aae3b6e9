import AurelisProviders
import AurelisTLS
import AurelisTransport
import Foundation
import Logging
import Testing

@testable import AurelisApp

private func decode(_ yaml: String) throws -> (Configuration, warnings: [String], shown: String) {
    let log = SettingsLog()
    var warnings: [String] = []
    let tree = try ConfigurationTree.parsing(yaml, file: "a.yaml")
    let configuration = try Configuration(decoding: tree, log: log, warnings: &warnings)
    return (configuration, warnings, log.entries.rendered())
}

/// What is wrong with a configuration.
private func problem(_ yaml: String) -> String? {
    do {
        _ = try decode(yaml)
        return nil
    } catch {
        return "\(error)"
    }
}

@Suite("Configuration: TLS, pins, proxies and signatures")
struct SecurityConfigurationTests {
    private static let pin = "sha256/X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="

    @Test("what a provider does not say about TLS is as for all")
    func layers() throws {
        let (configuration, _, _) = try decode(
            """
            transport:
              tls: { minimum: "1.2", extra_roots: /ca.pem, client_certificate: /c.pem, client_key: /c.key }
            providers:
              - { id: openai }
              - { id: old, base_url: https://old.test/v1, tls: { minimum: "1.3", roots: /own.pem } }
              - { id: pinned, base_url: https://pinned.test/v1, pins: ["\(Self.pin)"], pin_mode: report }
            """
        )
        #expect(configuration.providers[0].tls == nil)
        var due = configuration.transport.tls
        #expect(due.minimumVersion == .tls12)
        #expect(due.clientCertificate == .init(certificateFile: "/c.pem", keyFile: "/c.key"))
        due.minimumVersion = .tls13
        due.rootsFile = "/own.pem"
        #expect(configuration.providers[1].tls == due)
        let pins = try #require(configuration.providers[2].tls?.pins)
        #expect(pins.mode == .report)
        #expect(pins.pins == [try PublicKeyPin(parsing: Self.pin)])
        #expect(configuration.providers[2].tls?.minimumVersion == .tls12)
    }

    @Test("TLS 1.3 is what is asked for when nobody says anything, everywhere")
    func defaults() throws {
        let (configuration, _, _) = try decode(
            "gateway: { tls: { certificate: /a, key: /b } }\nadmin: { tls: { certificate: /a, key: /b } }"
        )
        #expect(configuration.transport.tls.minimumVersion == .tls13)
        #expect(configuration.gateway.listener.tls?.minimumVersion == .tls13)
        #expect(configuration.admin.tls?.minimumVersion == .tls13)
        #expect(configuration.transport.proxy == .environment)
        #expect(configuration.gateway.signatures == nil)
    }

    @Test(
        "what cannot be meant is refused, with the setting's name",
        arguments: [
            ("providers: [{ id: openai, pins: [\"sha256/abc\"] }]", "providers[0].pins"),
            ("providers: [{ id: openai, pins: [] }]", "at least one key"),
            ("providers: [{ id: openai, pin_mode: report }]", "at least one key"),
            ("providers: [{ id: openai, pins: [\"\(pin)\"], pin_mode: maybe }]", "enforce, report"),
            ("transport: { tls: { minimum: \"1.1\" } }", "1.2, 1.3"),
            ("transport: { tls: { client_key: /k } }", "client_certificate"),
            ("transport: { proxy: \"socks5://u:hunter2@p:1\" }", "must begin with http://"),
            ("transport: { proxy: { username: me } }", "transport.proxy.url"),
            ("transport: { proxy: { url: \"http://p\", password: { env: P } } }", "transport.proxy.username"),
            ("transport: { proxy: { url: \"http://p\", no_proxy: [\"10.0.0.0/99\"] } }", "transport.proxy.no_proxy"),
            ("gateway: { tls: { key: /k } }", "gateway.tls.certificate"),
            ("admin: { tls: { certificate: /c } }", "admin.tls.key"),
            ("gateway: { tls: { certificate: /c, key: /k, clients: require } }", "gateway.tls.client_ca"),
            ("gateway: { signatures: { required: true } }", "gateway.signatures.keys"),
            ("gateway: { signatures: { keys: [{ id: a, algorithm: ed25519 }] } }", "public_key"),
            ("gateway: { signatures: { keys: [{ id: a, algorithm: hmac-sha256, public_key: /p }] } }", "secret"),
            ("gateway: { signatures: { keys: [{ id: a, algorithm: rot13, public_key: /p }] } }", "ed25519"),
            (
                "gateway: { signatures: { keys: [{ id: a, algorithm: ed25519, public_key: /p }], components: [\"@moon\"] } }",
                "@moon"
            ),
            ("gateway: { signatures: { keys: [{ id: a, algorithm: ed25519, public_key: /p }], max_age: 2h } }", "1h"),
            ("providers: [{ id: openai, signing: { key: { env: K }, algorithm: ed25519 } }]", "signing.key_id"),
            (
                "providers: [{ id: openai, signing: { key: { env: K }, key_id: a, algorithm: rsa-pss-sha512 } }]",
                "ecdsa"
            ),
            (
                "providers: [{ id: openai, signing: { key: { env: K }, key_id: a, algorithm: ed25519, components: [host] } }]",
                "@authority"
            ),
        ]
    )
    func refused(yaml: String, words: String) throws {
        let found = try #require(problem(yaml))
        #expect(found.contains(words), "\(found)")
        #expect(!found.contains("hunter2"))
    }

    @Test("a proxy is named with its exceptions, and its password is shown nowhere")
    func proxy() throws {
        let (configuration, warnings, shown) = try decode(
            """
            transport:
              proxy: { url: "http://u:hunter2@proxy.test:8080", no_proxy: [.internal, 10.0.0.0/8], loopback: true }
            """
        )
        guard case .fixed(let proxy) = configuration.transport.proxy else { return #expect(Bool(false)) }
        #expect(proxy.server == (try ProxyServer(parsing: "http://u:hunter2@proxy.test:8080")))
        #expect(proxy.exceptions.count == 2)
        #expect(proxy.includesLoopback)
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in [shown, dumped, "\(warnings)"] { #expect(!text.contains("hunter2")) }
        #expect(try decode("transport: { proxy: none }").0.transport.proxy == .none)
    }

    @Test("the proxy of the environment is used unless the configuration says otherwise, and a bad one is named")
    func environment() throws {
        var configuration = Configuration()
        let environment = ["HTTPS_PROXY": "http://a:1", "NO_PROXY": "x.test"]
        let origin = try HTTPOrigin(parsing: "https://api.test")
        let used = try HTTPClientConfiguration(configuration, environment: environment).proxies
        #expect(used.proxy(for: origin) == (try ProxyServer(parsing: "http://a:1")))
        configuration.transport.proxy = .none
        #expect(try HTTPClientConfiguration(configuration, environment: environment).proxies == ProxyRules())
        configuration.transport.proxy = .environment
        let error = #expect(throws: ConfigurationError.self) {
            try HTTPClientConfiguration(configuration, environment: ["https_proxy": "socks5://u:hunter2@a:1"])
        }
        #expect(error.map { "\($0)" }?.hasPrefix("$https_proxy: ") == true)
        #expect(error.map { "\($0)".contains("hunter2") } == false)
        configuration.simulates = true
        #expect(
            try HTTPClientConfiguration(configuration, environment: ["https_proxy": "socks5://a"]).proxies
                == ProxyRules()
        )
    }

    @Test("the proxy's password is read from where it is said to be")
    func password() throws {
        let (configuration, _, _) = try decode(
            "transport: { proxy: { url: \"http://p:1\", username: me, password: { env: PROXY_PASSWORD } } }"
        )
        let proxies = try HTTPClientConfiguration(configuration, environment: ["PROXY_PASSWORD": "pw"]).proxies
        #expect(proxies.https?.credentials == ProxyCredentials(user: "me", password: "pw"))
        let error = #expect(throws: ConfigurationError.self) {
            try HTTPClientConfiguration(configuration, environment: [:])
        }
        #expect(error?.message.contains("PROXY_PASSWORD is not set") == true)
    }

    @Test("every file is read when the configuration is checked, and the first that cannot be used is named")
    func files() throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        for (yaml, words) in [
            ("transport: { tls: { roots: /none.pem } }", "transport.tls: /none.pem"),
            ("gateway: { tls: { certificate: /none.pem, key: /k } }", "gateway.tls: /none.pem"),
            ("admin: { tls: { certificate: /none.pem, key: /k } }", "admin.tls: /none.pem"),
            ("providers: [{ id: openai, tls: { extra_roots: /none.pem } }]", "providers.openai.tls: /none.pem"),
            (
                "providers: [{ id: openai, signing: { key: { file: /none }, key_id: a, algorithm: ed25519 } }]",
                "providers.openai.signing.key: /none"
            ),
            (
                "gateway: { signatures: { keys: [{ id: a, algorithm: hmac-sha256, secret: { env: SHORT } }] } }",
                "gateway.signatures.keys.a: the key is too short"
            ),
        ] {
            let (configuration, _, _) = try decode(yaml)
            let error = #expect(throws: ConfigurationError.self) {
                try configuration.checkSecurity(environment: ["SHORT": "c2hvcnQ="], logger: logger)
            }
            #expect(error.map { "\($0)".contains(words) } == true, "\(String(describing: error))")
        }
    }
}
