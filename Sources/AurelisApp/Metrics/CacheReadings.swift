internal import Aurelis
internal import AurelisPrometheus

/// What the cache has done and holds.
struct CacheReadings {
    let all: [MetricReading]

    /// - Parameter database: what the layer on the disk holds; nil: there is none, or it did not say in time. That of Redis
    ///   is not asked: it would have to be counted.
    init(_ statistics: CacheStatistics, database: CacheUsage?) {
        var lookups: [MetricReading.Sample] = []
        for (layer, counts) in statistics.layers.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            for (result, count) in [("hit", counts.hits), ("miss", counts.misses), ("stale", counts.stale)] {
                lookups.append(.init(["layer": layer.rawValue, "result": result], count))
            }
        }
        let refused = statistics.refused.sorted { $0.key < $1.key }.prefix(32)
        var usage = [(CacheLayer.memory, statistics.memory)]
        if let database { usage.append((.database, database)) }
        func count(_ name: String, _ help: String, _ value: Int) -> MetricReading {
            .init("aurelis_cache_\(name)_total", .counter, help, [.init([:], value)])
        }
        all = [
            .init("aurelis_cache_lookups_total", .counter, "Looks into the layers of the cache.", lookups),
            count("shared", "Requests that got the answer of an equal one under way.", statistics.shared),
            count("kept", "Answers that were kept.", statistics.kept),
            .init(
                "aurelis_cache_refused_total",
                .counter,
                "Answers that were not kept, by the reason.",
                refused.map { .init(["reason": $0.key], $0.value) }
            ),
            count("evicted", "Answers that gave way to others in memory.", statistics.evicted),
            count("foreign", "Kept answers of another version or key, which were ignored.", statistics.foreign),
            count("tampered", "Kept answers that somebody had changed.", statistics.tampered),
            count("invalidations", "Invalidations from this process.", statistics.invalidations),
            .init(
                "aurelis_cache_entries",
                .gauge,
                "Answers that a layer holds.",
                usage.map { .init(["layer": $0.0.rawValue], $0.1.entries) }
            ),
            .init(
                "aurelis_cache_bytes",
                .gauge,
                "What they take.",
                usage.map { .init(["layer": $0.0.rawValue], $0.1.bytes) }
            ),
        ]
    }
}
