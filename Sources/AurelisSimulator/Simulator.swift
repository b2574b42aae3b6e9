package import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization

/// GitHub Models on loopback: its models, quotas, error bodies and failures, with answers that a seed decides.
///
///     let simulator = Simulator(configuration: SimulatorConfiguration(tier: .pro))
///     let address = try await simulator.start()
///     // POST http://127.0.0.1:<port>/inference/chat/completions
///     try await simulator.shutdown()
///
/// Where its life fits a scope, `withSimulator(_:eventLoopGroup:clock:_:)` ends it in any case. The platform was
/// retired on 2026-07-30; this is what it was like, and what it said on its last day (`FaultScript.named("retired")`).
package final class Simulator: Sendable {
    private enum Phase: Sendable {
        case idle
        case starting
        case running(any Channel)
        case stopped
    }

    let core: SimulatorCore
    private let configuration: SimulatorConfiguration
    private let connections: ConnectionRegistry
    private let group: any EventLoopGroup
    private let ownedGroup: MultiThreadedEventLoopGroup?
    private let phase = Mutex(Phase.idle)

    /// A simulator that does not listen yet.
    ///
    /// - Parameters:
    ///   - eventLoopGroup: where connections live; nil: threads of its own, which end with `shutdown()`.
    ///   - clock: where time comes from.
    package init(
        configuration: SimulatorConfiguration = SimulatorConfiguration(),
        eventLoopGroup: (any EventLoopGroup)? = nil,
        clock: SimulatorClock = .system
    ) {
        self.configuration = configuration
        core = SimulatorCore(configuration, clock: clock)
        connections = ConnectionRegistry(maximum: configuration.maximumConnections)
        if let eventLoopGroup {
            group = eventLoopGroup
            ownedGroup = nil
        } else {
            let owned = MultiThreadedEventLoopGroup(numberOfThreads: max(1, configuration.eventLoopThreads))
            group = owned
            ownedGroup = owned
        }
    }

    /// Begins to listen.
    ///
    /// - Returns: the address, with the port that was free.
    /// - Throws: `SimulatorError.alreadyStarted`, or what the system says about the address.
    package func start() async throws -> SocketAddress {
        try phase.withLock { phase in
            guard case .idle = phase else { throw SimulatorError.alreadyStarted }
            phase = .starting
        }
        do {
            let channel = try await bootstrap.bind(host: configuration.host, port: configuration.port).get()
            let isWanted = phase.withLock { phase in
                guard case .starting = phase else { return false }
                phase = .running(channel)
                return true
            }
            guard isWanted else {
                try await channel.close().get()
                throw CancellationError()
            }
            guard let address = channel.localAddress else { throw SimulatorError.noAddress }
            return address
        } catch {
            phase.withLock { phase in
                if case .starting = phase { phase = .idle }
            }
            throw error
        }
    }

    /// Stops listening, ends all connections, and its own threads. It cannot be started again; further calls do nothing.
    package func shutdown() async throws {
        let previous = phase.withLock { phase in
            defer { phase = .stopped }
            return phase
        }
        switch previous {
        case .stopped: return
        case .idle, .starting: break
        case .running(let listener): try? await listener.close().get()
        }
        await connections.close()
        try await ownedGroup?.shutdownGracefully()
    }

    private var bootstrap: ServerBootstrap {
        let core = core
        let connections = connections
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4_096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard connections.admit(channel) else { return channel.close(promise: nil) }
                    let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)
                    try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(decoder))
                    try channel.pipeline.syncOperations.addHandler(ConnectionHandler(core, connections))
                }
            }
    }
}

extension Simulator {
    /// The port it listens on; nil when it does not.
    package var port: Int? {
        guard case .running(let channel) = phase.withLock({ $0 }) else { return nil }
        return channel.localAddress?.port
    }

    /// The requests it has seen, oldest first, those on their way included.
    package var requestLog: [SimulatorLogEntry] { core.logEntries }

    /// Returns once the log fulfils a condition, or the task is cancelled.
    ///
    ///     await simulator.waitForLog { $0.count == 2 }                   // both requests have arrived
    ///     await simulator.waitForLog { $0.last?.clientDisconnected == true }
    package func waitForLog(_ condition: @escaping @Sendable ([SimulatorLogEntry]) -> Bool) async {
        await core.waitForLog(condition)
    }

    /// Empties log and quotas and begins the fault script again, its outages included.
    package func reset() { core.reset() }

    /// Replaces the fault script, which begins with its first steps.
    package func setFaults(_ script: FaultScript) { core.setFaults(script) }

    /// Moves simulated time: quota windows, outages, and delays of answers on their way.
    package func advance(by duration: Duration) {
        core.advance(by: duration)
        connections.noteTimeMoved()
    }
}

/// Runs a simulator for as long as `body` does.
///
///     try await withSimulator(SimulatorConfiguration(tier: .pro)) { simulator, address in
///         try await ask(port: address.port)
///     }
package func withSimulator<Result: Sendable>(
    _ configuration: SimulatorConfiguration = SimulatorConfiguration(),
    eventLoopGroup: (any EventLoopGroup)? = nil,
    clock: SimulatorClock = .system,
    _ body: (Simulator, SocketAddress) async throws -> Result
) async throws -> Result {
    let simulator = Simulator(configuration: configuration, eventLoopGroup: eventLoopGroup, clock: clock)
    do {
        let result = try await body(simulator, try await simulator.start())
        try await simulator.shutdown()
        return result
    } catch {
        try? await simulator.shutdown()
        throw error
    }
}
