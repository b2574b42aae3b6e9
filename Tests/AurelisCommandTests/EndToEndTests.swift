import Aurelis
import AurelisApp
import AurelisJSON
import AurelisProviders
import AurelisTransport
import Foundation
import NIOPosix
import Testing

@testable import AurelisCommand

@Suite("Commands with everything behind them")
struct EndToEndTests {
    @Test("ask --simulate answers through the real provider client", arguments: [false, true])
    func ask(streams: Bool) async throws {
        let captured = CapturedConsole()
        var overrides = ConfigurationOverrides()
        overrides.simulate = true
        let session = try Session.load(overrides, logLevel: nil, console: captured.console, environment: [:])
        let request = ModelRequest("Write a tokenizer in Swift", task: .codeGeneration)
        let asking = Asking(
            request: request,
            streams: streams,
            json: true,
            explains: false,
            isVerbose: false,
            console: captured.console
        )
        try await session.withEngine { try await asking.run($0.orchestrator) }
        let written = try captured.finish()
        let last = try #require(written.output.split(separator: "\n").last)
        let response = try JSONDocument(Array(last.utf8))
        #expect(response["model"]?.string == "codestral-2501")
        #expect(response["finish_reason"]?.string == "stop")
        #expect(response["content"]?.string?.isEmpty == false)
        #expect(written.errors.isEmpty)
    }

    @Test("files with secrets that others may read are told of once and in one line, and the answer is none the worse")
    func openFiles() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let files = ["aurelis.yaml", "credentials.store", "keys.json"].map { directory.path + "/" + $0 }
        try OutputFile.write("providers: [{ id: openai, api_key: sk-abc }]\n", to: files[0], replacing: false)
        for file in files[1...] { try OutputFile.write("{}", to: file, replacing: false) }
        var overrides = ConfigurationOverrides()
        overrides.configFile = files[0]
        overrides.dataDirectory = directory.path
        func said(mode: Int, isServing: Bool = false) throws -> [Substring] {
            for file in files {
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
            }
            let captured = CapturedConsole()
            _ = try Session.load(
                overrides,
                logLevel: nil,
                console: captured.console,
                isServing: isServing,
                environment: [:]
            )
            let written = try captured.finish()
            #expect(written.output == "")
            return written.errors.split(separator: "\n").filter { $0.contains("others on this machine") }
        }
        let lines = try said(mode: 0o644)
        #expect(lines.count == 1)
        let line = try #require(lines.first)
        #expect(line.hasPrefix("warning: ") && !line.contains("sk-abc"))
        for file in files { #expect(line.contains("\(file) (mode 0644)")) }
        #expect(line.contains("chmod 600 \(files[0]) ") && line.hasSuffix(" \(files[1])"))
        #expect(try said(mode: 0o600).isEmpty)
        // A server tells of the others when it starts.
        let served = try said(mode: 0o640, isServing: true)
        #expect(served.count == 1 && served.first?.hasSuffix("\(files[0]) (mode 0640): chmod 600 \(files[0])") == true)
    }

    @Test("a dry run knows the route of the configuration in effect")
    func candidates() async throws {
        var overrides = ConfigurationOverrides()
        overrides.simulate = true
        let session = try Session.load(overrides, logLevel: nil, console: CapturedConsole().console, environment: [:])
        let request = ModelRequest("x", task: .documentation)
        let candidates = try await session.withEngine { try $0.orchestrator.candidates(for: request) }
        #expect(candidates.map(\.model) == [.commandR, .commandRPlus, .gpt4oMini])
    }

    @Test(
        "what config init writes is a configuration that can be used",
        arguments: ProviderPreset.names.filter { $0 != "custom" }
    )
    func drafts(name: String) throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let path = directory.path + "/aurelis.yaml"
        try OutputFile.write(ConfigurationDraft(preset: try .named(name)).yaml, to: path, replacing: false)
        let loaded = try load(directory)
        #expect(loaded.sources == [path])
        #expect(loaded.configuration.providers.map(\.preset) == [name])
        #expect(!loaded.configuration.simulates)
        let isRetired = try ProviderPreset.named(name).retirement != nil
        #expect(RetirementNotice.all(loaded.configuration).count == (isRetired ? 1 : 0))
    }

    @Test("the draft without a provider lets the simulator answer")
    func simulatorDraft() throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        try OutputFile.write(ConfigurationDraft().yaml, to: directory.path + "/aurelis.yaml", replacing: false)
        #expect(try load(directory).configuration.simulates)
    }

    @Test("nothing configured is a configuration failure that names the ways out")
    func unconfigured() throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let error = try #require(throws: ConfigurationError.self) { try load(directory) }
        let report = FailureReport(error)
        #expect(report.status == .configuration)
        let text = try #require(report.failure).rendered(style: Style(isEnabled: false))
        for way in ["--simulate", "--base-url", "--api-key-env", "--provider", "aurelis config init"] {
            #expect(text.contains(way), "\(way)")
        }
    }

    @Test("the demo's stage carries its last scene: a bad token, refused once")
    func demo() async throws {
        let scene = try #require(DemoScene.story.last)
        let http = HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton)
        try await DemoStage.open(logLevel: nil) { stage in
            let client = DemoClient(http)
            var outcome = try await client.play(scene, at: stage.gatewayWithBadToken) { _, isError in
                #expect(isError)
            }
            outcome.seen = try await Demo.seen(client, by: stage.simulator)
            #expect(outcome.problems(scene.expectation).isEmpty)
            #expect(outcome.text.isEmpty == false)
        }
        await http.shutdown()
    }

    private func load(_ directory: TemporaryDirectory) throws -> LoadedConfiguration {
        try ConfigurationLoader.load(
            ConfigurationOverrides(),
            environment: [:],
            workingDirectory: directory.path,
            homeDirectory: directory.path
        )
    }
}
