/// How a simulator behaves.
///
///     var configuration = SimulatorConfiguration(seed: 7, tier: .pro)
///     configuration.faults = try FaultScript(parsing: bytes)
package struct SimulatorConfiguration: Sendable {
    /// The address to listen on.
    package var host: String
    /// The port to listen on; 0: any free one.
    package var port: Int
    /// Decides every answer, identifier and roll of the dice.
    package var seed: UInt64
    /// The plan whose limits apply.
    package var tier: SimulatorTier
    /// Whether requests are counted; false: any number of them, for benchmarks. Token limits apply in any case.
    package var enforcesQuotas: Bool
    /// How many requests an account may make in a minute over all models (`UserByMinute`); nil: any number.
    package var requestsPerMinuteOverAllModels: Int?
    /// How many times faster than the clock the quota windows, outages and delays pass.
    package var timeScale: Double
    /// Whether delays of faults and of `latency` pass with `timeScale`; false: by the clock.
    package var delaysFollowTimeScale: Bool
    /// What goes wrong.
    package var faults: FaultScript
    /// Which tokens are known.
    package var credentials: SimulatorCredentials
    /// How long tokens take.
    package var latency: SimulatorLatency
    /// The number of threads, when the simulator has to make them.
    package var eventLoopThreads: Int
    /// How many requests the log keeps; 0: none.
    package var requestLogCapacity: Int
    /// Whether the log keeps the bodies, up to 64 MiB in all.
    package var recordsBodies: Bool
    /// The longest body that is read.
    package var maximumBodyBytes: Int
    /// The most connections at one time; further ones are closed at once.
    package var maximumConnections: Int

    /// A free account on a free port of loopback, without faults and delays.
    package init(
        host: String = "127.0.0.1",
        port: Int = 0,
        seed: UInt64 = 1,
        tier: SimulatorTier = .free,
        enforcesQuotas: Bool = true,
        requestsPerMinuteOverAllModels: Int? = nil,
        timeScale: Double = 1,
        delaysFollowTimeScale: Bool = true,
        faults: FaultScript = .none,
        credentials: SimulatorCredentials = .wellFormed,
        latency: SimulatorLatency = .none,
        eventLoopThreads: Int = 1,
        requestLogCapacity: Int = 10_000,
        recordsBodies: Bool = false,
        maximumBodyBytes: Int = 16 << 20,
        maximumConnections: Int = 10_000
    ) {
        self.host = host
        self.port = port
        self.seed = seed
        self.tier = tier
        self.enforcesQuotas = enforcesQuotas
        self.requestsPerMinuteOverAllModels = requestsPerMinuteOverAllModels
        self.timeScale = timeScale
        self.delaysFollowTimeScale = delaysFollowTimeScale
        self.faults = faults
        self.credentials = credentials
        self.latency = latency
        self.eventLoopThreads = eventLoopThreads
        self.requestLogCapacity = requestLogCapacity
        self.recordsBodies = recordsBodies
        self.maximumBodyBytes = maximumBodyBytes
        self.maximumConnections = maximumConnections
    }
}

/// How long the tokens of an answer take.
package struct SimulatorLatency: Sendable, Hashable {
    /// Until the first token; headers come with it.
    package var firstToken: Duration
    /// For each token of the answer.
    package var perToken: Duration

    /// Delays; an answer that is not streamed takes the sum of them.
    package init(firstToken: Duration = .zero, perToken: Duration = .zero) {
        self.firstToken = firstToken
        self.perToken = perToken
    }

    /// No delays.
    package static let none = SimulatorLatency()
}
