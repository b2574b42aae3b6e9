import NIOSSL
import Synchronization
import Testing

@testable import AurelisTLS
@testable import AurelisTransport

@Suite("Pinned keys", .timeLimit(.minutes(1)))
struct PinTests {
    private let authority: TestAuthority
    private let mismatches = Mismatches()

    init() throws { authority = try TestAuthority.shared.get() }

    /// What was reported.
    final class Mismatches: Sendable {
        private let list = Mutex<[PinMismatch]>([])
        var all: [PinMismatch] { list.withLock { $0 } }
        func add(_ mismatch: PinMismatch) { list.withLock { $0.append(mismatch) } }
    }

    private func profile(
        _ names: String...,
        mode: PublicKeyPins.Mode = .enforce,
        change: (inout TLSClientSettings) -> Void = { _ in }
    ) throws -> TLSProfile {
        var settings = TLSClientSettings()
        settings.additionalRootsFile = authority.rootsFile
        settings.pins = PublicKeyPins(
            Set(try names.map { try PublicKeyPin(parsing: authority.pin($0)) }),
            mode: mode
        )
        change(&settings)
        return TLSProfile(settings) { [mismatches] in mismatches.add($0) }
    }

    private func request(
        _ server: ScriptedServer,
        _ profile: TLSProfile?,
        host: String = "localhost"
    ) -> HTTPClientRequest {
        HTTPClientRequest(
            method: "POST",
            origin: HTTPOrigin(scheme: .https, host: host, port: server.port, security: profile),
            target: "/",
            body: Array("hello".utf8),
            timeouts: HTTPTimeouts(connect: .seconds(30))
        )
    }

    /// A request that is answered.
    @discardableResult
    private func exchange(
        _ client: HTTPClient,
        _ server: ScriptedServer,
        _ request: HTTPClientRequest
    ) async throws -> ScriptedConnection {
        async let answer = client.send(request)
        let connection = try await server.connection()
        #expect(try await connection.request().hasSuffix("hello"))
        try await connection.respond()
        #expect(try await text(answer) == "ok")
        return connection
    }

    @Test(
        "a server with a pinned key is spoken to, be it the first pin, a backup or that of its authority",
        arguments: [["good"], ["rotated", "good"], ["ca"], ["good", "ca"]],
        ["localhost", "127.0.0.1"]
    )
    func rightPin(names: [String], host: String) async throws {
        var settings = TLSClientSettings()
        settings.additionalRootsFile = authority.rootsFile
        settings.pins = PublicKeyPins(Set(try names.map { try PublicKeyPin(parsing: authority.pin($0)) }))
        try await ScriptedServer.run(tls: authority.server()) { server, client in
            try await exchange(client, server, request(server, TLSProfile(settings), host: host))
        }
    }

    @Test("a server whose key was exchanged for the pinned backup is spoken to, by one who knows only the old key not")
    func rotated() async throws {
        try await ScriptedServer.run(tls: authority.server("rotated")) { server, client in
            try await exchange(client, server, request(server, profile("good", "rotated")))
            #expect(await code { try await client.send(request(server, profile("good"))) } == .pinMismatch)
        }
    }

    @Test("a wrong pin ends the connection before a byte of the request, with the keys that were seen")
    func wrongPin() async throws {
        try await ScriptedServer.run(tls: authority.server()) { server, client in
            let failure = await error { try await client.send(request(server, profile("rotated"))) }
            #expect(failure?.code == .pinMismatch)
            #expect(failure?.requestMayHaveBeenProcessed == false)
            for pin in [try authority.pin("good"), try authority.pin("ca")] {
                #expect(failure?.cause?.contains(pin) == true)
            }
            let sent = try await server.connection().rest()
            #expect(sent.isEmpty)
            #expect(client.statistics.total == .init())
        }
    }

    @Test("a certificate that a server merely sends along is not one of its chain")
    func decoy() async throws {
        try await ScriptedServer.run(tls: authority.server("decoy")) { server, client in
            #expect(await code { try await client.send(request(server, profile("rotated"))) } == .pinMismatch)
        }
    }

    @Test(
        "the right pin saves no certificate that is not right",
        arguments: ["expired", "other", "self", "clients"],
        [PublicKeyPins.Mode.enforce, .report]
    )
    func inAddition(name: String, mode: PublicKeyPins.Mode) async throws {
        try await ScriptedServer.run(tls: authority.server(name)) { server, client in
            let failure = await error { try await client.send(request(server, profile(name, mode: mode))) }
            #expect(failure?.code == .certificateUntrusted)
            #expect(failure?.requestMayHaveBeenProcessed == false)
            let sent = try await server.connection().rest()
            #expect(sent.isEmpty)
            #expect(mismatches.all.isEmpty)
        }
    }

    @Test("a certificate that says it is for servers, and that this is critical, is good")
    func forServers() async throws {
        try await ScriptedServer.run(tls: authority.server("servers")) { server, client in
            try await exchange(client, server, request(server, profile("servers")))
        }
    }

    @Test("reporting lets the request pass and tells of a server once")
    func report() async throws {
        let profile = try profile("rotated", mode: .report)
        try await ScriptedServer.run(tls: authority.server()) { server, client in
            for _ in 0..<2 {
                async let answer = client.send(request(server, profile))
                let connection = try await server.connection()
                try await connection.request()
                try await connection.respond(headers: "connection: close\r\n")
                #expect(try await text(answer) == "ok")
            }
            #expect(mismatches.all.count == 1)
            let seen = try #require(mismatches.all.first?.seen)
            #expect(try seen.map(\.pin.description) == [authority.pin("good"), authority.pin("ca")])
            #expect(seen.first?.subject.contains("good") == true)
        }
    }

    @Test("a connection is kept for those with the same pins, and for nobody else")
    func pooling() async throws {
        try await ScriptedServer.run(tls: authority.server()) { server, client in
            let connection = try await exchange(client, server, request(server, profile("good")))
            #expect(client.statistics.total == .init(idle: 1))
            // Another profile with the same settings, as after a reload.
            let reloaded = try profile("good")
            #expect(try reloaded == profile("good"))
            async let answer = client.send(request(server, reloaded))
            await settle { client.statistics.total == .init(leased: 1) }
            try await connection.request()
            try await connection.respond()
            #expect(try await text(answer) == "ok")
            #expect(await code { try await client.send(request(server, profile("rotated"))) } == .pinMismatch)
            #expect(client.statistics.total == .init(idle: 1))
        }
    }

    @Test("roots of one's own take the place of the system's")
    func privateRoots() async throws {
        try await ScriptedServer.run(tls: authority.server()) { server, client in
            let own = try profile("good") {
                $0.additionalRootsFile = nil
                $0.rootsFile = authority.rootsFile
            }
            try await exchange(client, server, request(server, own))
            let foreign = try profile("good") {
                $0.additionalRootsFile = nil
                $0.rootsFile = authority.path("self.pem")
            }
            #expect(await code { try await client.send(request(server, foreign)) } == .certificateUntrusted)
        }
    }

    @Test("the keys of a server can be asked for, and are openssl's")
    func asking() async throws {
        try await ScriptedServer.run(tls: authority.server()) { server, client in
            let origin = request(server, try profile("rotated")).origin
            let keys = try await client.keys(of: origin, within: .seconds(30))
            #expect(try keys.map(\.pin.description) == [authority.pin("good"), authority.pin("ca")])
            #expect(mismatches.all.isEmpty)
            await settle { client.statistics.total == .init() }
        }
    }

    @Test(
        "a pin is sha256/ and the canonical Base64 of 32 bytes",
        arguments: [
            "X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=", "sha1/X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=",
            "sha256/X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE", "sha256/X48E", "sha256/", "",
            "sha256/X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPF=",
            "sha256/X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBP=E",
            "sha256/ X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=",
            "sha256/X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=\n",
        ]
    )
    func malformed(text: String) throws {
        #expect(throws: PublicKeyPinError.self) { try PublicKeyPin(parsing: text) }
        let good = "sha256/X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="
        #expect(try PublicKeyPin(parsing: good).description == good)
    }
}
