import Aurelis
import AurelisStorage
import AurelisTestSupport
import AurelisTransport
import Foundation
import Logging
import NIOPosix
import Testing

@testable import AurelisApp

@Suite("The doctor")
struct DoctorTests {
    private static let everything = [
        "configuration", "credentials", "retirement", "upstream", "clock", "data directory", "redis", "tls files",
        "ports", "audit log", "alerts", "keyring", "open files", "proxy",
    ]

    @Test("every check says something, in the order of the list, and a healthy place has nothing to do")
    func healthy() async throws {
        try await DoctorVisit.inFolder { visit async throws in
            let findings = try await visit.findings("simulate: true")
            var order: [String] = []
            for finding in findings where order.last != finding.check { order.append(finding.check) }
            #expect(order == Self.everything)
            #expect(findings.filter { $0.verdict == .fail }.isEmpty, "\(findings)")
        }
    }

    @Test("a configuration that cannot be read fails with what to write, and what needs one is not judged without")
    func configuration() async throws {
        try await DoctorVisit.inFolder { visit async throws in
            let findings = try await visit.findings("gatway: {}")
            #expect(findings.texts("configuration", .fail).contains(#"did you mean "gateway"?"#))
            for check in ["credentials", "upstream", "redis", "ports"] {
                #expect(findings.of(check).map(\.verdict) == [.skipped])
            }
            #expect(findings.of("data directory").map(\.verdict) == [.ok])
        }
    }

    @Test("a file with a key in it is for its user only")
    func openSecrets() async throws {
        try await DoctorVisit.inFolder { visit async throws in
            try visit.write("providers: [{ id: openai, api_key: sk-abc }]", to: "aurelis.yaml", mode: 0o644)
            let overrides = {
                var o = ConfigurationOverrides(); o.configFile = visit.folder + "/aurelis.yaml"; return o
            }()
            let loaded = try ConfigurationLoader.load(
                overrides,
                environment: [:],
                workingDirectory: "/",
                homeDirectory: visit.folder
            )
            let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let doctor = Doctor(.success(loaded), environment: [:], reach: .offline, logger: quiet)
            let findings = await doctor.configurationFindings(.success(loaded))
            #expect(findings.texts("configuration", .fail).contains("chmod 600"))
        }
    }

    @Test(
        "what serve refuses at its start, the doctor refuses",
        arguments: [
            ("gateway: { host: 0.0.0.0, port: 0 }\nadmin: { port: 0 }\n", "", "there is no key to tell them apart"),
            ("gateway: { port: 0 }\nadmin: { host: 0.0.0.0, port: 0 }\n", "", "aurelis keys create NAME --admin"),
            ("gateway: { port: 0 }\n", "alerts: [{ webhook: { env: NOHOOK } }]", "NOHOOK is not set"),
            ("gateway: { port: 0 }\n", "alerts: [{ webhook: \"no address\" }]", "alerts[0].webhook"),
            (
                "gateway: { port: 0 }\n",
                "tracing: { endpoint: \"http://127.0.0.1:1\", headers: { x-key: { env: NOKEY } } }", "NOKEY is not set"
            ),
        ]
    )
    func startObstacles(ports: String, yaml: String, reason: String) async throws {
        try await DoctorVisit.inFolder { visit async throws in
            let findings = try await visit.findings("simulate: true\n\(yaml)", reach: .offline, ports: ports)
            #expect(findings.texts("configuration", .fail).contains(reason), "\(findings)")
            #expect(!findings.of("configuration").contains { $0.verdict == .ok })
            let loaded = try ConfigurationLoader.load(
                {
                    var overrides = ConfigurationOverrides()
                    overrides.configFile = visit.folder + "/aurelis.yaml"
                    overrides.dataDirectory = visit.data
                    return overrides
                }(),
                environment: [:],
                workingDirectory: "/",
                homeDirectory: visit.folder
            )
            await #expect(throws: ConfigurationError.self) {
                _ = try await buildApp(
                    loaded.configuration,
                    environment: [:],
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                )
            }
        }
    }

    @Test("a program that is to be told of changes and is not there is warned of")
    func alertPrograms() async throws {
        try await DoctorVisit.inFolder { visit async throws in
            let missing = try await visit.findings(
                "simulate: true\nalerts: [{ command: [/nope/notify] }]",
                reach: .offline
            )
            #expect(missing.texts("alerts", .warn).contains("/nope/notify is not there"))
            let there = try await visit.findings("simulate: true\nalerts: [{ command: [/bin/sh] }]", reach: .offline)
            #expect(there.of("alerts").map(\.verdict) == [.ok])
        }
    }

    @Test("its advice names the variable and the configuration, and no library's own words are in what it says")
    func words() async throws {
        try await DoctorVisit.inFolder { visit async throws in
            let yaml = """
                providers:
                  - { id: openai-2, preset: openai, base_url: http://localhost:1/v1, api_key: { env: MY_OPENAI } }
                  - { id: nowhere, preset: custom, base_url: https://nobody.invalid/v1 }
                """
            let findings = try await visit.findings(yaml, options: ["--config", "my file.yaml"])
            let credentials = findings.texts("credentials", .fail)
            #expect(
                credentials.contains("environment (MY_OPENAI): not set") && credentials.contains("set $MY_OPENAI, or ")
            )
            #expect(credentials.contains("aurelis auth login --provider openai-2 --config 'my file.yaml'`"))
            for words in ["SingleConnectionFailure", "SocketAddressError", "NIO", "IOError", "errno"] {
                #expect(!findings.texts("upstream", .fail).contains(words), "\(findings)")
            }
        }
        let missing = #expect(throws: ConfigurationError.self) {
            _ = try ConfigurationTree.reading(file: "/nowhere/aurelis.yaml")
        }
        #expect(missing?.message == "/nowhere/aurelis.yaml cannot be read: there is no such file")
    }

    @Test("variables that mean nothing are warned of")
    func unknownVariables() async throws {
        try await DoctorVisit.inFolder { visit async throws in
            let findings = try await visit.findings("simulate: true", environment: ["AURELIS_PROT": "1"])
            #expect(findings.texts("configuration", .warn).contains("did you mean $AURELIS_PORT?"))
        }
    }

    @Test(
        "a credential that is missing fails, one that is there is shown by its ends, a mistyped token is noticed offline"
    )
    func credentials() async throws {
        try await DoctorVisit.inFolder { visit async throws in
            let yaml = "providers: [{ id: openai, api_key: { env: WORK_KEY } }]"
            let missing = try await visit.findings(yaml, reach: .offline)
            #expect(missing.texts("credentials", .fail).contains("aurelis auth login --provider openai"))
            let key = "sk-" + String(repeating: "aB3", count: 12) + "wxyz"
            let found = try await visit.findings(yaml, reach: .offline, environment: ["WORK_KEY": key])
            let text = found.texts("credentials", .ok)
            #expect(text.contains("WORK_KEY") && text.contains("wxyz") && !text.contains(key))
            let token = "ghp_" + String(repeating: "a", count: 36)
            let github = "providers: [{ id: github-models, base_url: http://127.0.0.1:1, api_key: { env: T } }]"
            let mistyped = try await visit.findings(github, reach: .offline, environment: ["T": token])
            #expect(mistyped.texts("credentials", .warn).contains("checksum wrong"))
        }
    }

    @Test("a preset that has ended fails when there is nobody else, and is warned of when there is")
    func retirement() async throws {
        try await DoctorVisit.inFolder { visit async throws in
            let clock = WallClock.fixed(1_795_000_000)
            let alone = try await visit.findings("providers: [{ id: github-models }]", reach: .offline, clock: clock)
            #expect(alone.of("retirement").map(\.verdict) == [.fail] && alone.of("retirement")[0].advice != nil)
            let two = try await visit.findings(
                "providers: [{ id: github-models }, { id: openai }]",
                reach: .offline,
                clock: clock
            )
            #expect(two.of("retirement").map(\.verdict) == [.warn])
            let own = "providers: [{ id: github-models, base_url: http://127.0.0.1:1 }]"
            #expect(try await visit.findings(own, reach: .offline).of("retirement").map(\.verdict) == [.ok])
        }
    }

    @Test("a server that is not there, one without encryption, and a name that nobody knows")
    func upstream() async throws {
        try await DoctorVisit.inFolder { visit async throws in
            let port = try await LocalProgram.freePort()
            try await HookServer.run { server async throws in
                let yaml = """
                    providers:
                      - { id: dead, preset: custom, base_url: http://127.0.0.1:\(port) }
                      - { id: here, preset: custom, base_url: http://127.0.0.1:\(server.port)/v1 }
                      - { id: nowhere, preset: custom, base_url: https://nobody.invalid/v1 }
                    """
                let findings = try await visit.findings(yaml)
                let fails = findings.texts("upstream", .fail)
                #expect(fails.contains("dead: ") && fails.contains("nobody listens there"))
                #expect(fails.contains("nowhere: ") && fails.contains("getent hosts nobody.invalid"))
                #expect(findings.texts("upstream", .ok).contains("here: http://127.0.0.1:\(server.port)"))
                // A handshake is all.
                #expect(server.requests.isEmpty)
                #expect(try await visit.findings(yaml, reach: .offline).of("upstream").map(\.verdict) == [.skipped])
            }
        }
    }

    @Test("a certificate is judged by whether it is trusted, and by when it ends")
    func certificates() async throws {
        try await DoctorVisit.inFolder { visit async throws in
            let days = ["good": 90, "soon": 3, "expired": -1]
            for (name, days) in days { try await makeCertificate(name, days: days, in: visit.folder) }
            for (name, verdict) in [("good", "ok"), ("soon", "warn"), ("expired", "fail")] {
                let identity = ["-cert", "\(visit.folder)/\(name).pem", "-key", "\(visit.folder)/\(name).key"]
                try await LocalProgram.run({ ["openssl", "s_server", "-accept", "127.0.0.1:\($0)", "-www"] + identity })
                { port async throws in
                    let yaml = """
                        providers: [{ id: p, preset: custom, base_url: "https://localhost:\(port)/v1" }]
                        transport: { tls: { extra_roots: \(visit.folder)/\(name).pem } }
                        """
                    let findings = try await visit.findings(yaml).of("upstream")
                    #expect(findings.map(\.verdict.rawValue) == [verdict], "\(name): \(findings)")
                    if verdict != "fail" { #expect(findings[0].message.contains("TLS 1.3, certificate until ")) }
                }
            }
        }
    }

    @Test(
        "a clock that was never set fails; one that differs from a provider's is warned of, where requests may be made"
    )
    func clock() async throws {
        try await DoctorVisit.inFolder { visit async throws in
            #expect(try await visit.findings("simulate: true", clock: .fixed(0)).of("clock").map(\.verdict) == [.fail])
            // The server says 2025-11-29 03:00:00, which is 1764385200.
            try await HookServer.run({ _ in .status(200) }) { server async throws in
                let yaml = "providers: [{ id: p, preset: custom, base_url: \"http://127.0.0.1:\(server.port)\" }]"
                let clock = WallClock.fixed(1_767_999_999)
                let late = try await visit.findings(yaml, reach: .requests, clock: clock)
                #expect(late.texts("clock", .warn).contains("3614799 s ahead of p's clock"))
                #expect(late.texts("clock", .warn).contains("set-ntp"))
            }
        }
    }

    @Test("open files are for the number of connections, as far as a server may raise their limit")
    func openFiles() {
        var configuration = Configuration()
        configuration.gateway.maximumConnections = 5_000
        let needed = ConnectionLimits.needed(by: configuration)
        #expect(needed > 5_000 + 256 + configuration.transport.totalConnections)
        let find = { Doctor.openFileFinding(OpenFileLimit(soft: $0, hard: $1), configuration) }
        #expect(find(1_024, needed).verdict == .ok)
        let bound = find(1_024, 2_048)
        #expect(bound.verdict == .warn && bound.message.contains("2048 may be open, and \(needed) would be"))
        #expect(bound.advice?.contains("LimitNOFILE") == true)
        #expect(OpenFileLimit(soft: 1_024, hard: 1 << 30).raised(for: needed) == 65_536)
        #expect(OpenFileLimit(soft: 1 << 20, hard: 1 << 20).raised(for: needed) == 1 << 20)
    }

    @Test("a proxy is named without its password")
    func proxy() async throws {
        try await DoctorVisit.inFolder { visit async throws in
            let findings = try await visit.findings(
                "providers: [{ id: openai }]",
                reach: .offline,
                environment: ["HTTPS_PROXY": "http://me:hunter2@proxy.example:3128"]
            )
            let text = findings.texts("proxy", .ok)
            #expect(text.contains("openai is asked by way of http://proxy.example:3128") && !text.contains("hunter2"))
        }
    }

    private func makeCertificate(_ name: String, days: Int, in folder: String) async throws {
        try await TestCertificate.make(name, days: days, in: folder)
    }
}

/// Certificates for localhost that vouch for themselves.
enum TestCertificate {
    static func make(_ name: String, days: Int, in folder: String) async throws {
        // `req -x509` makes none that has ended; `x509 -req` does.
        try await LocalProgram.shell(
            """
            printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\\n' > \(name).ext
            openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout \(name).key -out \(name).csr -subj '/CN=localhost'
            openssl x509 -req -in \(name).csr -signkey \(name).key -out \(name).pem -days \(days) -extfile \(name).ext
            chmod 600 \(name).key
            """,
            in: folder
        )
    }
}
