/// Where an answer was kept.
public enum CacheLayer: String, Sendable, Hashable, CaseIterable {
    /// L1: this process.
    case memory
    /// L2: a Redis that instances share.
    case redis
    /// L3: a database on this machine.
    case database
}
