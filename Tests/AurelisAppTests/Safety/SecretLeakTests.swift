import Aurelis
import AurelisTesting
import AurelisTransport
import Foundation
import Logging
import NIOPosix
import ServiceLifecycle
import Synchronization
import Testing

@testable import AurelisApp

/// Secrets go in everywhere, and nothing that stays has them.
@Suite("The app: where secrets do not stay")
struct SecretLeakTests {
    /// Put together when the test runs, so that no file holds what looks like a key.
    private static let secrets: [(place: String, value: String)] = [
        ("prompt", "gh" + "p_" + "aB3dE6gH9jK2mN5pQ8sT1vW4xY7zR0" + "2uRGZh"),
        ("tool", "sk" + "-ant-api03-q8Zt2LmX0vB7nR4kYc1WsE9uJp6TfHaG3dViO5xCzKbMyNrQwPlUjD"),
        ("connection", "Zx8kQm2vLp7Rt"),
        ("header", "sk" + "-proj-7hGf2KdLw9Qz4XcVb1NmPo8IuYt6TrEe3WqAs5DfGhJkLz0XcVbNmQ"),
        ("url", "AI" + "zaSyB7kQ2mZx9vLp4RtW1nHcJ8dFgY5sEuX3o0"),
        ("configuration", "cfg-Literal-4f9a8c2e7b1d"),
        ("endpoint", "xox" + "b-210987654321-aBcD3fGh1jKlMn0pQrStUvW2"),
        ("pem", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"),
    ]

    private static func secret(_ place: String) -> String { secrets.first { $0.place == place }?.value ?? "" }

    private static func body(stream: Bool) -> String {
        let dashes = "-----"
        let pem = #"\#(dashes)BEGIN PRIVATE KEY\#(dashes)\n\#(secret("pem"))\nMzEfYyjiWA4R4/M2bS1GB4t7NXp98C3S\n"#
        return #"""
            {"model":"gpt-4o","stream":\#(stream),"user":"\#(secret("prompt"))","messages":[
            {"role":"system","content":"use postgres://app:\#(secret("connection"))@db/app"},
            {"role":"user","content":"why does \#(secret("prompt")) fail?\n\#(pem)"},
            {"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"f",
            "arguments":"{\"api_key\":\"\#(secret("tool"))\"}"}}]},
            {"role":"tool","tool_call_id":"1","content":"ok"}],"metadata":{"note":"\#(secret("tool"))"}}
            """#
    }

    @Test(
        "logs, history, metrics, cassettes and encrypted caches hold no secret of prompts, headers, URLs, settings or errors",
        arguments: ["warn", "redact", "block"]
    )
    func leaks(policy: String) async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("leaks-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let lines = Lines()
        var told: [String] = []
        try await EchoingProvider.run { provider in
            let app = try await app(provider, policy, directory, lines)
            told = try await use(app)
        }
        for text in told { Self.expectNoSecret(in: Array(text.utf8), "what operators are told") }
        #expect(lines.text.contains("request"), "nothing was logged, so nothing was shown")
        Self.expectNoSecret(in: Array(lines.text.utf8), "the log")
        var files = 0
        for case let file as URL in FileManager.default.enumerator(at: directory, includingPropertiesForKeys: nil)
            ?? .init()
        {
            guard let contents = try? Data(contentsOf: file), file.lastPathComponent != "aurelis.yaml" else { continue }
            files += 1
            Self.expectNoSecret(in: Array(contents), file.lastPathComponent)
        }
        #expect(files >= 2)
    }

    private func app(
        _ provider: EchoingProvider,
        _ policy: String,
        _ directory: URL,
        _ lines: Lines
    ) async throws -> (App, AsyncStream<ListeningAddresses>) {
        let file = directory.appendingPathComponent("aurelis.yaml")
        let yaml = """
            providers:
              - id: echo
                preset: custom
                base_url: http://127.0.0.1:\(provider.port)/v1
                api_key: "\(Self.secret("configuration"))"
                headers: { X-Extra: "\(Self.secret("endpoint"))" }
                models: { gpt-4o: gpt-4o }
            cache: { encrypt: true, policy: use }
            safety: { secrets: \(policy) }
            """
        try Data(yaml.utf8).write(to: file)
        var overrides = ConfigurationOverrides()
        overrides.configFile = file.path
        overrides.port = 0
        overrides.adminPort = 0
        overrides.threads = 1
        overrides.dataDirectory = directory.appendingPathComponent("data").path
        let configuration = try ConfigurationLoader.load(
            overrides,
            environment: [:],
            workingDirectory: directory.path,
            homeDirectory: directory.path
        ).configuration
        var logger = Logger(label: "leaks") { _ in lines.handler }
        logger.logLevel = .trace
        let (addresses, announcement) = AsyncStream.makeStream(of: ListeningAddresses.self)
        let cassette = try CassetteFile(creating: directory.appendingPathComponent("session.jsonl").path)
        let app = try await buildApp(configuration, environment: [:], cassette: .record(cassette), logger: logger) {
            announcement.yield($0)
            announcement.finish()
        }
        return (app, addresses)
    }

    /// Sends requests full of secrets; returns what operators are told of them.
    private func use(_ built: (app: App, addresses: AsyncStream<ListeningAddresses>)) async throws -> [String] {
        let quiet = Logger(label: "group") { _ in SwiftLogNoOpLogHandler() }
        let group = ServiceGroup(services: [built.app], logger: quiet)
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var told: [String] = []
            for await addresses in built.addresses {
                let client = HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton)
                for stream in [false, true, false] {
                    for path in ["/v1/chat/completions", "/v1/\(Self.secret("url"))?key=\(Self.secret("url"))"] {
                        _ = try await send("POST", addresses.gateway, path, Self.body(stream: stream), client)
                    }
                }
                for path in ["/metrics", "/admin/requests", "/admin/usage", "/admin/quota", "/admin/cache"] {
                    told.append(try await send("GET", addresses.admin, path, "", client))
                }
                await client.shutdown()
                await group.triggerGracefulShutdown()
            }
            try await tasks.waitForAll()
            return told
        }
    }

    private func send(
        _ method: String,
        _ address: String,
        _ path: String,
        _ body: String,
        _ client: HTTPClient
    ) async throws -> String {
        var fields = HTTPHeaderList()
        fields.append("content-type", "application/json")
        fields.append("authorization", "Bearer \(Self.secret("header"))")
        fields.append("x-aurelis-cache-tags", Self.secret("header"))
        fields.append("x-aurelis-task", path.contains("?") ? Self.secret("header") : "general")
        let request = HTTPClientRequest(
            method: method,
            origin: try HTTPOrigin(parsing: address),
            target: path,
            headers: fields,
            body: Array(body.utf8)
        )
        let response = try await client.send(request)
        return String(decoding: try await response.body.collect(upTo: 1 << 20), as: UTF8.self)
    }

    private static func expectNoSecret(in bytes: [UInt8], _ place: String) {
        let data = Data(bytes)
        for (origin, value) in secrets {
            // Half of one tells as much as all of it.
            let half = Data(value.utf8.dropFirst(value.utf8.count / 4).prefix(max(8, value.utf8.count / 2)))
            #expect(data.range(of: half) == nil, "a secret of \(origin) is in \(place)")
        }
    }
}

/// Keeps what is logged, whatever its level.
final class Lines: Sendable {
    private let lines = Mutex<[String]>([])

    var text: String { lines.withLock { $0.joined(separator: "\n") } }

    var handler: some LogHandler { Handler(lines: self) }

    private struct Handler: LogHandler {
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var metadataProvider: Logger.MetadataProvider?
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            let error = event.error.map { "\($0)" } ?? ""
            lines.lines.withLock { $0.append("\(event.message) \(all) \(error)") }
        }
    }
}
