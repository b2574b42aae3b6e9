internal import Aurelis
internal import AurelisServing
internal import Logging
internal import Synchronization

/// What all connections of a server share.
final class ServerContext: Sendable {
    let configuration: GatewayConfiguration
    let orchestrator: @Sendable () -> ModelOrchestrator
    /// Whose requests are answered; nil: everybody's.
    let access: GatewayAccess?
    /// What keeps files and batches.
    let stored: StoredObjects?
    let logger: Logger
    /// Whether only this machine is served: nobody needs a key on loopback.
    let isLocal: Bool
    /// Whether connections are encrypted.
    let isSecure: Bool
    /// Who verifies signatures, under the rules in effect now.
    let signatures: @Sendable () -> RequestSignatures?
    /// Told whom the gateway turned away.
    let refusals: (any RefusalRecorder)?
    let bodies: BodyBudget
    let connections: ConnectionCount
    private let draining = Atomic<Bool>(false)

    init(
        configuration: GatewayConfiguration,
        orchestrator: @escaping @Sendable () -> ModelOrchestrator,
        access: GatewayAccess?,
        isSecure: Bool = false,
        signatures: @escaping @Sendable () -> RequestSignatures? = { nil },
        refusals: (any RefusalRecorder)? = nil,
        stored: StoredObjects?,
        logger: Logger
    ) {
        self.configuration = configuration
        self.orchestrator = orchestrator
        self.access = access
        self.isSecure = isSecure
        self.signatures = signatures
        self.refusals = refusals
        self.stored = stored
        self.logger = logger
        self.isLocal = configuration.host == "localhost" || LoopbackName.isAddress(configuration.host)
        self.bodies = BodyBudget(limit: configuration.limits.bodiesInMemory)
        self.connections = ConnectionCount(limit: configuration.limits.connections)
    }

    var isDraining: Bool { draining.load(ordering: .relaxed) }

    func beginDraining() { draining.store(true, ordering: .relaxed) }
}
