package import Aurelis
internal import AurelisRedis

extension Configuration {
    /// Where answers are kept, and by which rules.
    package struct Cache: Sendable, Equatable {
        /// Policies, lifetimes, bounds of memory.
        package var rules = CacheConfiguration()
        /// The address of a Redis that instances share; nil: none.
        package var redis: Redis?
        /// Whether answers are kept in the data directory.
        package var usesDatabase = true
        /// How many answers the data directory keeps.
        package var databaseEntries = 100_000
        /// How many bytes they may take.
        package var databaseBytes = 1 << 30
        /// Whether what leaves memory is encrypted.
        package var encrypts = false
        /// Where the key is; nil: a file in the data directory, made when it is missing.
        package var key: APIKey?

        /// A Redis that instances share.
        package struct Redis: Sendable, Equatable {
            /// Its address with user and password.
            package var url: String
            /// What its keys begin with.
            package var prefix = "aurelis"
            /// How long a lookup may take.
            package var timeout: Duration = .milliseconds(5)
        }
    }
}

extension Configuration.Cache {
    static let settings = [
        "policy", "ttl", "memory", "redis", "database", "tasks", "models", "events", "stale_if_exhausted",
        "maximum_answer", "encrypt", "key",
    ]

    init(reading root: SettingsReader, warnings: inout [String]) throws(ConfigurationError) {
        let section = try root.section("cache", knowing: Self.settings)
        rules.policy = try section.cachePolicy("policy", default: rules.policy) ?? rules.policy
        rules.lifetime = try section.duration("ttl", default: rules.lifetime)
        let memory = try section.section("memory", knowing: ["entries", "size", "ttl"])
        rules.memoryEntries = try memory.integer("entries", in: 0...10_000_000, default: rules.memoryEntries)
        rules.memoryBytes = try memory.bytes("size", default: rules.memoryBytes)
        try readLifetime(of: .memory, from: memory)
        redis = try Redis(reading: section)
        if redis != nil { try readLifetime(of: .redis, from: section.section("redis", knowing: Redis.settings)) }
        let database = try section.section("database", knowing: ["enabled", "entries", "size", "ttl"])
        usesDatabase = try database.flag("enabled", default: usesDatabase)
        databaseEntries = try database.integer("entries", in: 1...100_000_000, default: databaseEntries)
        databaseBytes = try database.bytes("size", default: databaseBytes)
        try readLifetime(of: .database, from: database)
        try readRules(section)
        rules.staleLimit = try section.duration("stale_if_exhausted", default: rules.staleLimit)
        rules.maximumAnswer = try section.bytes("maximum_answer", default: rules.maximumAnswer)
        encrypts = try section.flag("encrypt", default: encrypts)
        key = try section.secret("key", of: "the cache", warnings: &warnings)
    }

    private mutating func readLifetime(
        of layer: CacheLayer,
        from section: SettingsReader
    ) throws(ConfigurationError) {
        rules.layers[layer] = try section.duration("ttl", default: rules.layers[layer] ?? .zero)
    }

    private mutating func readRules(_ section: SettingsReader) throws(ConfigurationError) {
        let tasks = try section.section("tasks", knowing: nil)
        for name in tasks.names {
            let task = try tasks.task(name)
            rules.tasks[task] = try CacheConfiguration.Rule(reading: name, of: tasks, default: rules.tasks[task])
        }
        let models = try section.section("models", knowing: nil)
        for name in models.names {
            rules.models[ModelID(name)] = try CacheConfiguration.Rule(reading: name, of: models, default: nil)
        }
        let events = try section.section("events", knowing: nil)
        for name in events.names {
            var named: Set<TaskType> = []
            for task in try events.strings(name) ?? [] {
                do { named.insert(try TaskType(parsing: task)) } catch { throw events.error(error.message, at: name) }
            }
            rules.events[name] = named
        }
    }
}

extension Configuration.Cache.Redis {
    static let settings = ["url", "prefix", "timeout", "ttl"]

    fileprivate init?(reading cache: SettingsReader) throws(ConfigurationError) {
        let section = try cache.section("redis", knowing: Self.settings)
        // An address may hold a password.
        guard let url = try section.string("url", secret: true), !url.isEmpty else {
            if !section.names.isEmpty {
                throw section.error("is missing, such as redis://127.0.0.1:6379", at: "url")
            }
            return nil
        }
        do { _ = try RedisConfiguration(url: url) } catch { throw section.error("\(error.message)", at: "url") }
        self.url = url
        prefix = try section.string("prefix", default: "aurelis") ?? "aurelis"
        guard !prefix.isEmpty, prefix.utf8.count <= 64, prefix.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw section.error("must be up to 64 letters, digits and signs without spaces", at: "prefix")
        }
        timeout = try section.positive("timeout", default: .milliseconds(5))
    }
}

extension CacheConfiguration.Rule {
    fileprivate init(
        reading name: String,
        of sections: SettingsReader,
        default standard: CacheConfiguration.Rule?
    ) throws(ConfigurationError) {
        let section = try sections.section(name, knowing: ["policy", "ttl"])
        self.init(policy: standard?.policy, lifetime: standard?.lifetime)
        if section.has("policy") { policy = try section.cachePolicy("policy", default: nil) }
        if section.has("ttl") { lifetime = try section.duration("ttl", default: .zero) }
    }
}

extension SettingsReader {
    fileprivate func cachePolicy(
        _ name: String,
        default fallback: CachePolicy?
    ) throws(ConfigurationError) -> CachePolicy? {
        try choice(name, among: CachePolicy.allCases.map { ($0.rawValue, $0) }, default: fallback?.rawValue)
    }
}
