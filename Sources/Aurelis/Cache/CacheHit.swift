/// An answer from the cache.
struct CacheHit: Sendable {
    let answer: CachedAnswer
    let layer: CacheLayer
    let age: Duration
    var isStale = false

    var status: CacheStatus { isStale ? .stale(layer, age: age) : .hit(layer, age: age) }
}
