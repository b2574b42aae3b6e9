internal import Aurelis
internal import AurelisGateway
internal import AurelisStorage
internal import Logging
internal import ServiceLifecycle

/// Files and batches: what the gateway hands them to, and who works on them.
struct BatchParts: Sendable {
    let objects: StoredObjects
    let service: BatchService
    /// The batches that have not ended, the newest first, and how many there are.
    let open: @Sendable (_ limit: Int) async throws -> (batches: [BatchRecord], open: Int)

    /// - Parameters:
    ///   - limits: how many descriptors files may take.
    ///   - isReplay: whether a recording answers.
    /// - Returns: nil without a data directory.
    init?(
        _ configuration: Configuration,
        _ engine: Engine,
        _ access: AccessControl,
        _ limits: ConnectionLimits,
        isReplay: Bool,
        logger: Logger
    ) {
        guard !configuration.dataDirectory.isEmpty else { return nil }
        let (news, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let store = DatabaseFileStore(
            directory: Self.directory(configuration, isReplay: isReplay),
            limits: FileLimits(configuration, limits),
            clock: engine.clock,
            logger: logger
        ) {
            continuation.yield()
        }
        let (batches, transport) = (configuration.batches, configuration.transport)
        // More would only wait for a place, and their time run out.
        let places = min(configuration.concurrency ?? .max, transport.connectionsPerHost)
        objects = StoredObjects(files: store, batches: store)
        open = { limit in try await store.openBatches(limit) }
        service = BatchService(
            store: store,
            orchestrator: { engine.orchestrator },
            grant: { access.grant(of: $0) },
            engineTime: engine.time,
            settings: BatchService.Settings(
                running: batches.running,
                inFlight: min(batches.inFlight, places),
                turn: batches.turn,
                maximumRequests: batches.maximumRequests,
                drain: configuration.gateway.drainTimeout
            ),
            news: news,
            logger: logger
        )
    }

    /// What is not answered by real providers is nobody's real batch.
    private static func directory(_ configuration: Configuration, isReplay: Bool) -> String {
        let directory = configuration.dataDirectory
        return configuration.simulates ? directory + "/simulated" : isReplay ? directory + "/replayed" : directory
    }
}

extension FileLimits {
    fileprivate init(_ configuration: Configuration, _ descriptors: ConnectionLimits) {
        self.init()
        uploads = descriptors.uploads
        downloads = descriptors.downloads
        fileSize = Int64(configuration.files.maximumSize)
        totalSize = Int64(configuration.files.maximumTotal)
        fileCount = configuration.files.maximumCount
        openBatches = configuration.batches.maximumOpen
        retention = configuration.files.retention.components.seconds
    }
}

/// The gateway and the work on batches, which end at the same time: neither waits for the other to drain.
struct DataPlane: Service {
    let gateway: GatewayServer
    let batches: BatchService?

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await gateway.run() }
            if let batches { group.addTask { await batches.run() } }
            // Not `waitForAll`, which lets the one go on when the other has failed.
            for try await _ in group {}
        }
    }
}
