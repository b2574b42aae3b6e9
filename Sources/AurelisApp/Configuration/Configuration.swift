package import Aurelis
package import AurelisProviders
package import AurelisTransport
package import Logging

/// Everything a process is told, decoded and checked: one immutable snapshot.
///
///     let loaded = try ConfigurationLoader.load(overrides, environment: environment, …)
///     let app = try await buildApp(loaded.configuration, …)
package struct Configuration: Sendable, Equatable {
    /// Who answers, the preferred one first.
    package var providers: [Provider] = []
    /// How requests find their answers: routing, retries, time limits, streams.
    package var orchestrator = OrchestratorConfiguration()
    /// Whose tokens are counted exactly.
    package var tokenizers: [Tokenizer] = []
    /// How many requests one provider gets at once; nil: 10 in a command, the connections in the gateway.
    package var concurrency: Int?
    /// Where answers are kept, and by which rules.
    package var cache = Cache()
    /// How health is watched.
    package var health = Health()
    /// Who is told when it changes.
    package var alerts: [Alert] = []
    /// What is recorded so that it can be proven.
    package var audit = Audit()
    /// Which requests are traced.
    package var tracing = Tracing()
    /// Connections to providers.
    package var transport = Transport()
    /// The data plane.
    package var gateway = Gateway()
    /// The files of clients.
    package var files = Files()
    /// The batches that come over HTTP.
    package var batches = Batches()
    /// The control plane.
    package var admin = Listener(port: 8_788)
    /// Open connections of the control plane.
    package var adminConnections = 256
    /// How commands reach it.
    package var adminClient = AdminClient()
    /// Where data is kept.
    package var dataDirectory = ""
    /// From which level on events are logged; nil: the command decides.
    package var logLevel: Logger.Level?
    /// Whether the embedded simulator answers, and nobody else.
    package var simulates = false
    /// The embedded simulator.
    package var simulator = SimulatorSettings()
    /// Every setting as it was read.
    package var settings: [Setting] = []

    /// The defaults; somebody to ask is still to be named.
    package init() {}
}

extension Configuration {
    /// A vocabulary, and the models that have it.
    package struct Tokenizer: Sendable, Equatable {
        /// The file, in the format of `tiktoken`.
        package var vocabulary: String
        /// How texts are cut before their pieces are joined.
        package var pattern: TokenPattern
        /// Model IDs, or beginnings of them that end in `*`.
        package var models: [String]
        /// Where the file was named.
        package var origin: ConfigurationOrigin?
    }

    /// One provider.
    package struct Provider: Sendable, Equatable {
        /// Its name in routes and logs.
        package var id: String
        /// The name of its preset.
        package var preset: String
        /// Another address than the preset's.
        package var baseURL: String?
        /// What stands for the placeholders of the preset's address.
        package var placeholders: [String: String] = [:]
        /// Where its credential is; nil: where the preset looks.
        package var apiKey: APIKey?
        /// What is otherwise about models than the preset has it: names on the wire, abilities, limits, prices.
        package var models: [ModelID: ModelSettings] = [:]
        /// What becomes of models that neither it nor its preset lists; nil: as the preset says.
        package var unlistedModels: ProviderPreset.UnlistedModels?
        /// The plan whose limits apply, at a provider that has plans.
        package var plan: String?
        /// What is allowed over time on each of its models, instead of what the plan says.
        package var quota: QuotaPlan?
        /// How it goes on with an answer that somebody else began; nil: as the preset says.
        package var prefill: ProviderPreset.Prefill?
        /// Header fields of every request.
        package var headers: [String: String] = [:]
        /// How long each step may take.
        package var timeouts = HTTPTimeouts()
        /// How its server is authenticated; nil: as all are.
        package var tls: TLSClientSettings?
        /// How its requests are signed; nil: not at all.
        package var signing: Signing?
    }

    /// Where a credential is. A literal compares, prints and encodes as what it is not: it has no text.
    package enum APIKey: Sendable, Equatable {
        case environment(String)
        case file(String)
        case literal(Secret)

        package static func == (left: APIKey, right: APIKey) -> Bool {
            switch (left, right) {
            case (.environment(let one), .environment(let other)): one == other
            case (.file(let one), .file(let other)): one == other
            case (.literal(let one), .literal(let other)): one === other
            default: false
            }
        }
    }

    /// Whether clients need one of Aurelis's keys.
    package enum KeyRule: String, Sendable, Equatable, CaseIterable {
        /// One that is sent must be good; whoever sends none is nobody in particular.
        case optional
        /// Nobody is answered without.
        case required
    }

    /// The data plane.
    package struct Gateway: Sendable, Equatable {
        /// Whether clients need a key.
        package var keys = KeyRule.optional
        /// Where it listens.
        package var listener = Listener(port: 8_787)
        /// The largest request body, in bytes.
        package var maximumBody = 20 << 20
        /// Open connections.
        package var maximumConnections = 10_000
        /// How long requests in flight may take after a graceful shutdown has begun.
        package var drainTimeout: Duration = .seconds(30)
        /// Threads that serve; 0: one for each processor.
        package var threads = 0
        /// What is asked of the signatures of requests; nil: nobody looks at them.
        package var signatures: Signatures?
    }

    /// The embedded simulator.
    package struct SimulatorSettings: Sendable, Equatable {
        /// Decides every answer.
        package var seed: UInt64 = 1
        /// The plan whose limits apply: `free`, `pro`, `business`, `enterprise`.
        package var tier = "free"
        /// How many times faster time passes, for everything that waits, counts or expires.
        package var timeScale = 1
        /// A file with a fault script.
        package var faults: String?
    }
}
