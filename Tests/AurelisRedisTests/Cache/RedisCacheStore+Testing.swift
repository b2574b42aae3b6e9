import Aurelis
import Logging
import Synchronization

@testable import AurelisRedis

extension RedisCacheStore {
    /// A store whose time stands still, and whose lookups a busy machine does not fail.
    static func sample(
        _ client: RedisClient,
        clock: WallClock = Sample.clock,
        logger: Logger = LogLines().logger,
        configure: (inout RedisCacheSettings) -> Void = { _ in }
    ) -> RedisCacheStore {
        var settings = RedisCacheSettings()
        settings.lookupDeadline = .seconds(10)
        settings.commandDeadline = .seconds(10)
        settings.flushDeadline = .seconds(20)
        settings.retryInterval = .milliseconds(5)
        configure(&settings)
        return RedisCacheStore(client, settings: settings, facts: Sample.facts, clock: clock, logger: logger)
    }

    /// Runs the store beside a body.
    func running(_ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { await self.run() }
            defer { group.cancelAll() }
            try await body()
        }
    }

    var isCurrent: Bool { state.withLock { $0.hearing.isCurrent } }

    /// Stores and waits for it.
    func store(_ records: CacheRecord...) async {
        for record in records { keep(record) }
        await flush()
    }
}
