internal import Synchronization

/// A cache layer outside of this process: Redis, a database.
///
/// It keeps sealed answers and understands nothing of them but their facts. It is never the reason why a request fails
/// or waits: whatever goes wrong is reported by the store itself and looks like an empty store.
public protocol CacheStore: Sendable {
    /// Which layer it is.
    var layer: CacheLayer { get }

    /// A number that changes whenever answers were invalidated by anybody, or may have been unnoticed; read on the way
    /// of every request.
    var generation: UInt64 { get }

    /// The sealed answer of a key, which may have expired; nil when there is none, when it was invalidated, or when the
    /// store cannot say so within its own time limit.
    func sealed(for key: CacheKey) async -> [UInt8]?

    /// Takes an answer to keep. Returns at once; drops the answer when too many are waiting.
    func keep(_ record: CacheRecord)

    /// Drops one answer: it could not be unsealed.
    func drop(_ key: CacheKey)

    /// Makes answers unfindable, for every process that shares the store.
    ///
    /// - Throws: when that is not certain; it is then tried again by itself as long as the process lives.
    func invalidate(_ invalidation: CacheInvalidation) async throws(CacheStoreError)

    /// What is known of the answers of a selection, the newest first.
    func facts(of selection: CacheSelection, limit: Int) async throws(CacheStoreError) -> [CacheFacts]

    /// How much is kept.
    func usage() async throws(CacheStoreError) -> CacheUsage

    /// Returns when what was taken so far is kept, or cannot be.
    func flush() async
}

/// An answer on its way into a store.
public final class CacheRecord: Sendable {
    /// What is known of it, for finding it again.
    public let facts: CacheFacts
    /// About how many bytes it takes; known without sealing it.
    public let size: Int
    private let seal: @Sendable () -> [UInt8]
    private let result = Mutex<[UInt8]?>(nil)

    /// An answer that is sealed when somebody wants its bytes, and once for all stores.
    public init(facts: CacheFacts, size: Int, seal: @escaping @Sendable () -> [UInt8]) {
        self.facts = facts
        self.size = size
        self.seal = seal
    }

    /// An answer that is sealed already.
    public convenience init(facts: CacheFacts, sealed: [UInt8]) {
        self.init(facts: facts, size: sealed.count) { sealed }
    }

    /// The answer with its facts, as `CacheEnvelope` seals it. The first to ask compresses and encrypts: ask off the
    /// way of a request.
    public var sealed: [UInt8] {
        result.withLock { result in
            if let result { return result }
            let sealed = seal()
            result = sealed
            return sealed
        }
    }
}

/// How much a layer keeps.
public struct CacheUsage: Sendable, Hashable {
    /// The number of answers.
    public var entries: Int
    /// Their size.
    public var bytes: Int

    /// An amount.
    public init(entries: Int, bytes: Int) {
        self.entries = entries
        self.bytes = bytes
    }
}

/// Why a store could not do what it was asked.
public struct CacheStoreError: Error, Sendable, CustomStringConvertible {
    /// Which store.
    public var layer: CacheLayer
    /// The reason.
    public var message: String

    /// An error of a store.
    public init(_ layer: CacheLayer, _ message: String) {
        self.layer = layer
        self.message = message
    }

    /// `the redis cache: connection refused`
    public var description: String { "the \(layer.rawValue) cache: \(message)" }
}
