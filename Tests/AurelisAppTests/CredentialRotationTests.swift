import AurelisApp
import AurelisProviders
import AurelisSimulator
import Foundation
import Logging
import NIOCore
import Testing

@Suite("Rotation of credentials")
struct CredentialRotationTests {
    private static let question =
        #"{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}],"temperature":0.5}"#

    @Test(
        "a running gateway takes a stored credential, and the one that replaces it, without a restart",
        .timeLimit(.minutes(1))
    )
    func rotation() async throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("aurelis-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: url) }
        let directory = TemporaryDirectory(path: url.path)
        let simulator = Simulator(configuration: SimulatorConfiguration(enforcesQuotas: false))
        let port = try #require(try await simulator.start().port)
        let file = directory.path + "/aurelis.yaml"
        try """
        providers: [{ id: gh, preset: github-models, base_url: 'http://127.0.0.1:\(port)' }]
        cache: { policy: "off" }
        """.write(toFile: file, atomically: true, encoding: .utf8)
        var overrides = ConfigurationOverrides()
        overrides.configFile = file
        overrides.dataDirectory = directory.path + "/data"
        try await RunningApp.run(overrides) { [overrides] app in
            func status() async throws -> Int {
                try await app.send("POST", "/v1/chat/completions", body: Self.question).status
            }
            #expect(try await status() == 401)
            let configuration = try ConfigurationLoader.load(
                overrides,
                environment: [:],
                workingDirectory: directory.path,
                homeDirectory: directory.path
            ).configuration
            // As `aurelis auth` does it, in a process of its own.
            let desk = CredentialDesk(configuration, environment: [:], logger: Logger(label: "test"))
            let provider = try desk.provider(nil)
            let good = Secret(SimulatorCredentials.exampleToken)
            _ = try desk.keep(good, for: provider, in: .store(nil))
            while try await status() != 200 { await Task.yield() }
            #expect(try await desk.validity(of: [Credential(secret: good, origin: "")], at: provider) == [.valid])
            // The platform knows this one only as one that may ask no model.
            let limited = Secret("ghp_NOMODELS" + String(repeating: "0", count: 28))
            _ = try desk.keep(limited, for: provider, in: .store(nil))
            while try await status() == 200 { await Task.yield() }
            let verdicts = try await desk.validity(of: [Credential(secret: limited, origin: "")], at: provider)
            #expect(verdicts != [.valid])
            #expect(try desk.forget("gh", at: provider.baseURL) == [desk.vault.store?.path])
        }
        try await simulator.shutdown()
    }
}
