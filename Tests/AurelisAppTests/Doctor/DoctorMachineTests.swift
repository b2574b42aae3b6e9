import Aurelis
import AurelisStorage
import AurelisTestSupport
import Foundation
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import AurelisApp

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

@Suite("The doctor: disk, Redis, TLS files, ports, audit log")
struct DoctorMachineTests {
    private static let simulated = "simulate: true"

    @Test("a directory that is open to others, files that are, something else in its place, and none at all")
    func directory() async throws {
        try await DoctorVisit.inFolder { visit async throws in
            let files = FileManager.default
            #expect(
                try await visit.findings(Self.simulated).texts("data directory", .ok).contains("private and writable")
            )
            try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: visit.data)
            try visit.write("x", to: "data/keys.json", mode: 0o644)
            let open = try await visit.findings(Self.simulated).texts("data directory", .fail)
            #expect(open.contains("chmod 700 \(visit.data)") && open.contains("keys.json"))
            try files.removeItem(atPath: visit.data)
            let absent = try await visit.findings(Self.simulated)
            #expect(absent.texts("data directory", .ok).contains("is not there yet"))
            #expect(!files.fileExists(atPath: visit.data))
            try visit.write("x", to: "data")
            #expect(
                try await visit.findings(Self.simulated).texts("data directory", .fail).contains("is not a directory")
            )
        }
    }

    @Test("a database that is damaged, one that was moved aside, and a lock that is not given back")
    func files() async throws {
        try await DoctorVisit.inFolder { visit async throws in
            let file = StorageFile(directory: visit.data)
            _ = try file.pool()
            #expect(
                try await visit.findings(Self.simulated).texts("data directory", .ok).contains(
                    "1 database files, all whole"
                )
            )
            try visit.write(String(repeating: "no database ", count: 999), to: "data/quota.sqlite")
            try visit.write("x", to: "data/cache.sqlite.damaged-2026-11-29T00:00:00.000Z")
            let damaged = try await visit.findings(Self.simulated)
            #expect(damaged.texts("data directory", .fail).contains("quota.sqlite is damaged"))
            #expect(damaged.texts("data directory", .warn).contains("cache.sqlite.damaged-"))
            try FileManager.default.removeItem(atPath: visit.data + "/quota.sqlite")
            let lock = open(visit.data + "/aurelis.sqlite.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            defer { close(lock) }
            #expect(flock(lock, LOCK_EX) == 0)
            let held = try await visit.findings(Self.simulated).texts("data directory", .fail)
            #expect(held.contains("aurelis.sqlite.lock for half a second") && held.contains("fuser"))
        }
    }

    @Test("a Redis that is not there, one that says nothing, and one that would forget the wrong things")
    func redis() async throws {
        try await DoctorVisit.inFolder { visit async throws in
            func findings(_ port: Int, _ rest: String = "") async throws -> [DoctorFinding] {
                let redis = "redis://:hunter2@127.0.0.1:\(port)"
                return try await visit.findings(
                    "simulate: true\ncache: { redis: { url: \"\(redis)\", timeout: 5s } }"
                )
            }
            let dead = try await findings(LocalProgram.freePort())
            #expect(dead.texts("redis", .fail).contains("requests go on without it"))
            #expect(!"\(dead)".contains("hunter2"))
            for (policy, verdict) in [("volatile-lru", "ok"), ("noeviction", "warn"), ("allkeys-lru", "warn")] {
                let options = [
                    "--save", "", "--requirepass", "hunter2", "--maxmemory", "20mb", "--maxmemory-policy", policy,
                ]
                try await LocalProgram.run({ ["redis-server", "--port", "\($0)"] + options }) { port async throws in
                    let found = try await findings(port).of("redis")
                    #expect(found.count == 2 && found.map(\.verdict.rawValue) == ["ok", verdict], "\(found)")
                    #expect(found[0].message.contains("Redis ") || found[0].message.contains("Valkey "))
                }
            }
            try await LocalProgram.run({ ["redis-server", "--save", "", "--port", "\($0)", "--requirepass", "other"] })
            { port async throws in
                #expect(try await findings(port).texts("redis", .fail).contains("correct user and password"))
            }
        }
    }

    @Test("certificates of the listeners: whole, ending, of another key, and a key that is open to everybody")
    func tlsFiles() async throws {
        try await DoctorVisit.inFolder { visit async throws in
            for (name, days) in [("good", 90), ("soon", 3), ("expired", -1), ("other", 90)] {
                try await TestCertificate.make(name, days: days, in: visit.folder)
            }
            func findings(_ certificate: String, _ key: String) async throws -> [DoctorFinding] {
                let tls = "tls: { certificate: \(visit.folder)/\(certificate).pem, key: \(visit.folder)/\(key).key }"
                return try await visit.findings(
                    Self.simulated,
                    ports: "gateway: { port: 0, \(tls) }\nadmin: { port: 0 }\n"
                )
                .of("tls files")
            }
            #expect(try await findings("good", "good").map(\.verdict) == [.ok])
            #expect(try await findings("soon", "soon").map(\.verdict) == [.warn])
            let expired = try await findings("expired", "expired")
            #expect(expired.map(\.verdict) == [.fail] && expired[0].message.contains("has expired on "))
            #expect(
                try await findings("good", "other").first?.message.contains("is not the key of the certificate") == true
            )
            #expect(try await findings("absent", "good").map(\.verdict) == [.fail])
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: visit.folder + "/good.key")
            let open = try await findings("good", "good")
            #expect(open.map(\.verdict) == [.ok, .fail] && open[1].advice?.hasPrefix("chmod 600") == true)
        }
    }

    @Test("a port that another program has fails; one that has a gateway of ours does not, and it tells its version")
    func ports() async throws {
        try await DoctorVisit.inFolder { visit async throws in
            try await HookServer.run({ _ in .status(200) }) { other async throws in
                var overrides = ConfigurationOverrides()
                overrides.simulate = true
                try await RunningApp.run(overrides) { app async throws in
                    let admin = app.addresses.admin.split(separator: ":").last ?? ""
                    let ports = "gateway: { port: \(other.port) }\nadmin: { port: \(admin) }\n"
                    let found = try await visit.findings(Self.simulated, ports: ports)
                    #expect(found.texts("ports", .fail).contains("has another program"))
                    #expect(found.texts("ports", .ok).contains("has a gateway of version \(Version.current)"))
                    let gateway = app.addresses.gateway.split(separator: ":").last ?? ""
                    let own = "gateway: { port: \(gateway) }\nadmin: { port: \(admin) }\n"
                    #expect(
                        try await visit.findings(Self.simulated, ports: own).of("ports").map(\.verdict) == [.ok, .ok]
                    )
                }
            }
        }
    }

    @Test("an address that is not this machine's cannot be listened on")
    func foreignAddress() async throws {
        try await DoctorVisit.inFolder { visit async throws in
            let ports = "gateway: { host: 192.0.2.1, port: 8787, keys: required }\nadmin: { port: 0 }\n"
            let found = try await visit.findings(Self.simulated, ports: ports)
            #expect(found.texts("ports", .fail).contains("cannot be listened on"))
        }
    }

    @Test("an audit log that cannot be written fails, however empty it is")
    func unwritableAudit() async throws {
        try await DoctorVisit.inFolder { visit async throws in
            // Whoever runs as root may write everywhere but there.
            try FileManager.default.createSymbolicLink(
                atPath: visit.data + "/audit",
                withDestinationPath: "/nowhere/audit"
            )
            let text = try await visit.findings(Self.simulated).texts("audit log", .fail)
            #expect(text.contains("/audit cannot be written") && text.contains("mount its disk"))
        }
    }

    @Test("a key of the audit log that was exchanged fails; files with secrets that are open to others do")
    func secrets() async throws {
        try await DoctorVisit.inFolder { visit async throws in
            let key = { (byte: UInt8) in Data(repeating: byte, count: 32).base64EncodedString() + "\n" }
            try visit.write(key(1), to: "audit.key", mode: 0o644)
            try visit.write("a long passphrase\n", to: "passphrase", mode: 0o640)
            let yaml = "\(Self.simulated)\naudit: { key: { file: \(visit.folder)/audit.key } }"
            try visit.write(yaml + "\n", to: "aurelis.yaml")
            var overrides = ConfigurationOverrides()
            overrides.configFile = visit.folder + "/aurelis.yaml"
            overrides.dataDirectory = visit.data
            let lines = Lines()
            try await RunningApp.run(overrides, logger: Logger(label: "test") { _ in lines.handler }) { _ in }
            #expect(lines.text.contains("/audit.key (mode 0644): chmod 600"))
            let environment = ["AURELIS_PASSPHRASE_FILE": visit.folder + "/passphrase"]
            let first = try await visit.findings(yaml, environment: environment)
            #expect(first.texts("audit log", .fail).isEmpty)
            let open = first.texts("configuration", .fail)
            #expect(open.contains("audit.key (mode 0644) → chmod 600") && open.contains("passphrase (mode 0640)"))
            try visit.write(key(2), to: "audit.key")
            let second = try await visit.findings(yaml)
            #expect(second.texts("configuration", .fail).isEmpty)
            let text = second.texts("audit log", .fail)
            #expect(text.contains("audit-00000001.jsonl") && text.contains("is not here") && text.contains("backup"))
        }
    }

    @Test("an audit log without its key fails; with one its last anchor is told")
    func audit() async throws {
        try await DoctorVisit.inFolder { visit async throws in
            #expect(try await visit.findings(Self.simulated).of("audit log").map(\.verdict) == [.ok])
            var overrides = ConfigurationOverrides()
            overrides.simulate = true
            overrides.dataDirectory = visit.data
            try await RunningApp.run(overrides) { app async throws in
                _ = try await app.send(
                    "POST",
                    "/v1/chat/completions",
                    body: #"{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]}"#
                )
            }
            #expect(try await visit.findings(Self.simulated).texts("audit log", .ok).contains("last anchor at 20"))
            try FileManager.default.removeItem(atPath: visit.data + "/audit.key")
            let missing = try await visit.findings(Self.simulated)
            #expect(missing.of("audit log").map(\.verdict) == [.fail])
            #expect(missing.texts("audit log", .fail).contains("put it back from your backup"))
        }
    }

    @Test("where everything hangs, it comes to an end, and says of each thing that it does")
    func hanging() async throws {
        try await DoctorVisit.inFolder { visit async throws in
            try await HookServer.run({ _ in .silence }) { silent async throws in
                let yaml = """
                    providers: [{ id: p, preset: custom, base_url: "https://127.0.0.1:\(silent.port)", api_key: { env: K } }]
                    cache: { redis: { url: "redis://127.0.0.1:\(silent.port)" } }
                    """
                let ports = "gateway: { port: \(silent.port) }\nadmin: { port: 0 }\n"
                let found = try await visit.findings(
                    yaml,
                    reach: .requests,
                    environment: ["K": "k"],
                    patience: .seconds(1),
                    ports: ports
                )
                #expect(found.of("upstream").map(\.verdict) == [.fail] && found.of("redis").map(\.verdict) == [.fail])
                #expect(found.texts("ports", .fail).contains("has another program"))
                #expect(!found.of("credentials").isEmpty && !found.of("clock").isEmpty)
            }
        }
    }
}
