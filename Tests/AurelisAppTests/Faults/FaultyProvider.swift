import Aurelis
import AurelisApp
import AurelisJSON
import AurelisSimulator
import AurelisTesting
import AurelisTransport
import Foundation
import Logging
import NIOCore

/// The app as production runs it, in front of a simulator whose faults a test has written.
struct FaultyProvider: Sendable {
    let app: RunningApp
    let simulator: Simulator

    /// What the provider saw, in order: each model with the status that it got; nil: none.
    var seen: [Seen] {
        simulator.requestLog.map { Seen(model: $0.model.map { ModelID($0) }, status: $0.status) }
    }

    struct Seen: Hashable, CustomStringConvertible {
        let model: ModelID?
        let status: Int?

        var description: String { "\(model?.canonical ?? "-"):\(status.map(String.init) ?? "-")" }
    }

    /// How often a model was asked.
    func attempts(on model: ModelID) -> Int { seen.count { $0.model == model } }

    /// An answer with all that a client sees of it.
    struct Answer {
        let status: Int
        let headers: HTTPHeaderList
        let body: String

        var model: String? { headers["x-aurelis-model"] }
        var attempts: Int? { headers["x-aurelis-attempts"].flatMap { Int($0) } }
        var document: JSONDocument? { try? JSONDocument(Array(body.utf8)) }
        var errorCode: String? { document?["error"]?["code"]?.string }
        var errorMessage: String? { document?["error"]?["message"]?.string }

        /// The JSON of a stream's events, without `[DONE]` and comments.
        var chunks: [JSONDocument] {
            body.split(separator: "\n\n").filter { $0.hasPrefix("data: {") }
                .compactMap { try? JSONDocument(Array($0.dropFirst("data: ".count).utf8)) }
        }

        /// A stream's text.
        var text: String { chunks.compactMap { $0["choices"]?[0]?["delta"]?["content"]?.string }.joined() }
        var isDone: Bool { body.hasSuffix("data: [DONE]\n\n") }
        /// What a stream cost, as its last chunk with usage says.
        var completionTokens: Int? { chunks.compactMap { $0["usage"]?["completion_tokens"]?.int }.last }
        /// The error that a stream ended with.
        var streamError: String? { chunks.compactMap { $0["error"]?["message"]?.string }.last }
    }

    /// Asks for a whole answer.
    func ask(_ model: String, prompt: String = "hi", headers: [(String, String)] = []) async throws -> Answer {
        try await send(#"{"model":"\#(model)","messages":[{"role":"user","content":"\#(prompt)"}]}"#, headers)
    }

    /// Asks for a stream.
    func stream(_ model: String, prompt: String = "Tell a story.", headers: [(String, String)] = []) async throws
        -> Answer
    {
        try await send(
            #"{"model":"\#(model)","stream":true,"messages":[{"role":"user","content":"\#(prompt)"}]}"#,
            headers
        )
    }

    private func send(_ body: String, _ headers: [(String, String)]) async throws -> Answer {
        let answer = try await app.send("POST", "/v1/chat/completions", body: body, headers: headers)
        return Answer(status: answer.status, headers: answer.headers, body: answer.body)
    }

    /// Starts both, lends them, and ends them.
    ///
    /// - Parameters:
    ///   - faults: the `models` of a fault script; an empty text: none.
    ///   - settings: YAML lines of the provider, indented by four, such as `    time_limits: { first_byte: 200ms }`.
    ///   - configuration: further YAML.
    ///   - cache: the YAML of the cache, which by default does not answer in the provider's place.
    ///   - environment: further variables.
    ///   - dataDirectory: one that outlives this; nil: one of its own.
    ///   - logger: where is logged; nil: nowhere.
    ///   - time: what waits go by. It jumps by default, and remembers each wait; streams need one that does not.
    static func run(
        _ faults: String = "",
        settings: String = "",
        configuration: String = "",
        cache: String = "cache: { policy: off }",
        environment: [String: String] = [:],
        providers: String = "",
        time: any TimeSource = ManualTimeSource(autoAdvancing: true),
        clock: SimulatorClock = .system,
        dataDirectory: String? = nil,
        logger: Logger? = nil,
        _ body: @escaping @Sendable (FaultyProvider) async throws -> Void
    ) async throws {
        var script = SimulatorConfiguration(tier: .enterprise)
        script.enforcesQuotas = false
        script.recordsBodies = true
        if !faults.isEmpty { script.faults = try FaultScript(parsing: Array("{\"models\":{\(faults)}}".utf8)) }
        try await withSimulator(script, clock: clock) { simulator, address in
            let file = FileManager.default.temporaryDirectory.appendingPathComponent("faults-\(UUID().uuidString).yaml")
            defer { try? FileManager.default.removeItem(at: file) }
            let yaml = """
                providers:
                  - id: github-models
                    base_url: http://127.0.0.1:\(address.port ?? 0)
                    api_key: { env: FAULTS_TOKEN }
                \(settings)
                \(providers.replacing("PORT", with: "\(address.port ?? 0)"))
                \(configuration)
                \(cache)
                """
            try Data(yaml.utf8).write(to: file)
            var overrides = ConfigurationOverrides()
            overrides.configFile = file.path
            overrides.dataDirectory = dataDirectory
            let variables = environment.merging(["FAULTS_TOKEN": SimulatorCredentials.exampleToken]) { _, token in token
            }
            try await RunningApp.run(overrides, environment: variables, time: time, logger: logger) {
                app async throws in
                try await body(FaultyProvider(app: app, simulator: simulator))
            }
        }
    }
}

extension FaultyProvider.Seen: ExpressibleByStringLiteral {
    /// `gpt-4o:200`, or `gpt-4o:-` for a request without answer.
    init(stringLiteral text: String) {
        let parts = text.split(separator: ":")
        self.init(model: ModelID(String(parts[0])), status: Int(parts[1]))
    }
}
