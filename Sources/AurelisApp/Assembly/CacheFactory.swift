internal import Aurelis
internal import AurelisRedis
internal import AurelisStorage
internal import Logging
internal import NIOCore
internal import ServiceLifecycle

/// The cache, with the stores behind memory.
struct CacheLayers: Sendable {
    let cache: AnswerCache
    /// nil: answers are not kept in the data directory.
    let database: DatabaseCacheStore?

    /// What brings the answers to the stores while the servers run.
    var services: [any Service] { [database.map(DatabaseCacheWriting.init)].compactMap(\.self) }
}

/// Makes the cache that a configuration describes.
struct CacheFactory: Sendable {
    let environment: [String: String]
    let logger: Logger
    let eventLoopGroup: any EventLoopGroup

    /// The layers; nothing is opened or connected yet.
    ///
    /// - Throws: `ConfigurationError` when the key of an encrypted cache cannot be had.
    func layers(_ configuration: Configuration) throws(ConfigurationError) -> CacheLayers {
        let database = database(configuration)
        let stores: [(any CacheStore)?] = [database]
        return CacheLayers(cache: try cache(configuration, stores.compactMap(\.self)), database: database)
    }

    /// What is simulated is kept in memory only: another seed gives other answers to the same questions.
    private func database(_ configuration: Configuration) -> DatabaseCacheStore? {
        let settings = configuration.cache
        guard settings.usesDatabase, !configuration.dataDirectory.isEmpty, !configuration.simulates else { return nil }
        var limits = DatabaseCacheLimits()
        limits.entries = settings.databaseEntries
        limits.bytes = settings.databaseBytes
        limits.lifetime = settings.rules.layers[.database] ?? .zero
        limits.retention = settings.rules.staleLimit
        guard limits.lifetime > .zero else { return nil }
        return DatabaseCacheStore(directory: configuration.dataDirectory, limits: limits, logger: logger)
    }

    private func cache(
        _ configuration: Configuration,
        _ stores: [any CacheStore]
    ) throws(ConfigurationError) -> AnswerCache {
        let settings = configuration.cache
        let key =
            settings.encrypts
            ? try CacheKeyFile.key(
                settings.key,
                environment: environment,
                dataDirectory: configuration.dataDirectory
            ) : nil
        return AnswerCache(
            configuration: settings.rules,
            stores: stores,
            encryptionKey: key,
            onTampering: { [logger] key, layer in
                logger.critical(
                    "a cached answer was changed by somebody else; it was dropped",
                    metadata: ["event": "cache_tampered", "layer": "\(layer.rawValue)", "key": "\(key)"]
                )
            }
        )
    }
}

private struct DatabaseCacheWriting: Service {
    let store: DatabaseCacheStore

    func run() async { await cancelWhenGracefulShutdown { await store.run() } }
}
