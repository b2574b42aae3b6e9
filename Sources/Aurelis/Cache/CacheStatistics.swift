/// What the cache has done since the process began.
public struct CacheStatistics: Sendable, Hashable {
    /// The lookups of one layer.
    public struct Lookups: Sendable, Hashable {
        /// Answers that were found.
        public var hits = 0
        /// Answers that were not there, or whose time was over.
        public var misses = 0
        /// Answers that were given although their time was over.
        public var stale = 0

        /// None yet.
        public init() {}
    }

    /// The lookups of each layer.
    public var layers: [CacheLayer: Lookups] = [:]
    /// Requests that got the answer of an equal one that was under way.
    public var shared = 0
    /// Answers that were kept.
    public var kept = 0
    /// Answers that were not kept, by the reason.
    public var refused: [String: Int] = [:]
    /// Answers that gave way to others in memory.
    public var evicted = 0
    /// Answers of another version or another key, which were ignored.
    public var foreign = 0
    /// Answers that were not what had been sealed: each is a security event.
    public var tampered = 0
    /// Invalidations from this process.
    public var invalidations = 0
    /// What memory holds.
    public var memory = CacheUsage(entries: 0, bytes: 0)

    /// Nothing yet.
    public init() {}
}
