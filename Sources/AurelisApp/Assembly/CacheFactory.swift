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
    /// nil: there is no Redis.
    let redis: (store: RedisCacheStore, client: RedisClient)?

    /// What brings the answers to the stores, and hears of what others invalidate, while the servers run.
    var services: [any Service] {
        let services: [(any Service)?] = [
            database.map(DatabaseCacheWriting.init), redis.map { RedisCaching(store: $0.store) },
        ]
        return services.compactMap(\.self)
    }

    /// Brings what is left to the stores, and lets go of Redis.
    func shutdown() async {
        await cache.flush()
        await redis?.client.shutdown()
    }
}

/// Makes the cache that a configuration describes.
struct CacheFactory: Sendable {
    let environment: [String: String]
    let clock: WallClock
    let logger: Logger
    let eventLoopGroup: any EventLoopGroup

    /// The layers; nothing is opened or connected yet.
    ///
    /// - Throws: `ConfigurationError` when the key of an encrypted cache cannot be had.
    func layers(_ configuration: Configuration) throws(ConfigurationError) -> CacheLayers {
        let database = database(configuration)
        let redis = try redis(configuration)
        let stores: [(any CacheStore)?] = [redis?.store, database]
        let cache = try cache(configuration, stores.compactMap(\.self))
        return CacheLayers(cache: cache, database: database, redis: redis)
    }

    private func redis(
        _ configuration: Configuration
    ) throws(ConfigurationError) -> (store: RedisCacheStore, client: RedisClient)? {
        let rules = configuration.cache.rules
        guard let redis = configuration.cache.redis, let lifetime = rules.layers[.redis], lifetime > .zero else {
            return nil
        }
        let connection: RedisConfiguration
        do { connection = try RedisConfiguration(url: redis.url) } catch {
            throw ConfigurationError(error.message, path: "cache.redis.url")
        }
        let client = RedisClient(connection, eventLoopGroup: eventLoopGroup)
        var settings = RedisCacheSettings()
        settings.prefix = redis.prefix
        settings.lifetime = lifetime
        settings.lookupDeadline = redis.timeout
        settings.maximumValueBytes = max(settings.maximumValueBytes, 2 * rules.maximumAnswer)
        let store = RedisCacheStore(
            client,
            settings: settings,
            facts: { CacheEnvelope.facts(of: $0) },
            logger: logger
        )
        return (store, client)
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
        return DatabaseCacheStore(
            directory: configuration.dataDirectory,
            limits: limits,
            clock: clock,
            logger: logger
        )
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
            envelope: CacheEnvelope(lent: key),
            clock: clock,
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

private struct RedisCaching: Service {
    let store: RedisCacheStore

    func run() async { await cancelWhenGracefulShutdown { await store.run() } }
}
