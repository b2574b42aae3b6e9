package import AurelisJSON

/// What the cache holds and has done, layer by layer.
public struct CacheReport: Sendable {
    /// One layer.
    public struct Layer: Sendable {
        /// Which.
        public var layer: CacheLayer
        /// How long it serves an answer at most.
        public var lifetime: Duration
        /// How much it holds; nil when it cannot be asked now.
        public var usage: CacheUsage?
        /// Why it cannot be asked.
        public var problem: String?
    }

    /// The layers in the order in which they are asked.
    public var layers: [Layer]
    /// What this process has done.
    public var statistics: CacheStatistics
}

extension AnswerCache {
    /// What the cache holds and has done.
    public func report() async -> CacheReport {
        var layers: [CacheReport.Layer] = []
        for layer in [.memory] + contents.stores.map(\.layer) {
            let lifetime = configuration.layers[layer] ?? .zero
            var entry = CacheReport.Layer(layer: layer, lifetime: lifetime)
            do throws(CacheStoreError) { entry.usage = try await usage(of: layer) } catch {
                entry.problem = error.message
            }
            layers.append(entry)
        }
        return CacheReport(layers: layers, statistics: statistics)
    }
}

extension CacheReport {
    /// Writes the members of an object that has been begun.
    package func writeMembers(to json: inout JSONWriter) {
        json.key("layers")
        json.beginArray()
        for layer in layers {
            json.beginObject()
            json.field("layer", layer.layer.rawValue)
            json.field("ttl_ms", Int(layer.lifetime.milliseconds))
            if let usage = layer.usage {
                json.field("entries", usage.entries)
                json.field("bytes", usage.bytes)
            }
            json.optional("problem", layer.problem)
            let lookups = statistics.layers[layer.layer] ?? CacheStatistics.Lookups()
            json.field("hits", lookups.hits)
            json.field("misses", lookups.misses)
            json.field("stale", lookups.stale)
            json.endObject()
        }
        json.endArray()
        json.field("shared", statistics.shared)
        json.field("kept", statistics.kept)
        json.field("evicted", statistics.evicted)
        json.field("foreign", statistics.foreign)
        json.field("tampered", statistics.tampered)
        json.field("invalidations", statistics.invalidations)
        json.key("not_kept")
        json.beginObject()
        for (reason, count) in statistics.refused.sorted(by: { $0.key < $1.key }) { json.field(reason, count) }
        json.endObject()
    }

    /// Reads what `writeMembers` writes; nil for anything else.
    package init?(reading value: JSONValue) {
        guard let list = value["layers"], list.kind == .array else { return nil }
        layers = []
        statistics = CacheStatistics()
        for entry in list.elements {
            guard let layer = entry["layer"]?.string.flatMap(CacheLayer.init(rawValue:)) else { return nil }
            var read = Layer(layer: layer, lifetime: .milliseconds(entry["ttl_ms"]?.int ?? 0))
            if let entries = entry["entries"]?.int, let bytes = entry["bytes"]?.int {
                read.usage = CacheUsage(entries: entries, bytes: bytes)
            }
            read.problem = entry["problem"]?.string
            layers.append(read)
            var lookups = CacheStatistics.Lookups()
            lookups.hits = entry["hits"]?.int ?? 0
            lookups.misses = entry["misses"]?.int ?? 0
            lookups.stale = entry["stale"]?.int ?? 0
            statistics.layers[layer] = lookups
        }
        statistics.shared = value["shared"]?.int ?? 0
        statistics.kept = value["kept"]?.int ?? 0
        statistics.evicted = value["evicted"]?.int ?? 0
        statistics.foreign = value["foreign"]?.int ?? 0
        statistics.tampered = value["tampered"]?.int ?? 0
        statistics.invalidations = value["invalidations"]?.int ?? 0
        for (reason, count) in value["not_kept"]?.members ?? .empty { statistics.refused[reason] = count.int ?? 0 }
    }
}
