extension PrometheusRegistry {
    /// All that is kept, and what was read beside it, in the order of the names.
    ///
    /// - Parameter readings: what others hold; of two with one name, and of one whose name is kept here, the first counts.
    package func exposition(as format: ExpositionFormat, with readings: [MetricReading] = []) -> [UInt8] {
        let families = families.filter { !$0.series.isEmpty }
        let size = families.reduce(0) { $0 + $1.series.count * ($1.kind == .histogram ? 2_048 : 128) }
        var writer = ExpositionWriter(format, capacity: size + 16_384)
        var known = Set(families.map(\.name))
        var parts = families.map { ($0.name, Part.family($0)) }
        for reading in readings where !reading.samples.isEmpty {
            let name = reading.kind == .counter ? MetricName.counter(reading.name) : MetricName.metric(reading.name)
            if known.insert(name).inserted { parts.append((name, .reading(reading))) }
        }
        for (name, part) in parts.sorted(by: { $0.0 < $1.0 }) {
            switch part {
            case .family(let family): Self.write(family, to: &writer)
            case .reading(let reading): Self.write(reading, name, to: &writer)
            }
        }
        writer.end()
        return writer.bytes
    }

    private enum Part {
        case family(MetricFamily)
        case reading(MetricReading)
    }

    private static func write(_ family: MetricFamily, to writer: inout ExpositionWriter) {
        writer.header(family.name, family.kind.rawValue, family.help)
        for (labels, holder) in family.series {
            switch holder {
            case .counter(let series):
                writer.sample(family.name, "_total", labels, UInt64(max(0, series.value)))
            case .fractionalCounter(let series):
                writer.sample(family.name, "_total", labels, series.value)
            case .gauge(let series):
                writer.sample(family.name, "", labels, series.value)
            case .histogram(let series):
                write(series, family.name, labels, to: &writer)
            }
        }
    }

    private static func write(
        _ series: any HistogramSeries,
        _ name: String,
        _ labels: LabelSet,
        to writer: inout ExpositionWriter
    ) {
        let (sum, counts) = (series.sum, series.counts)
        var total: UInt64 = 0
        for (bound, count) in zip(series.boundTexts, counts) {
            total += count
            writer.bucket(name, labels, upTo: bound, total)
        }
        total += counts.last ?? 0
        writer.bucket(name, labels, upTo: "+Inf", total)
        writer.sample(name, "_sum", labels, sum)
        writer.sample(name, "_count", labels, total)
    }

    private static func write(_ reading: MetricReading, _ name: String, to writer: inout ExpositionWriter) {
        writer.header(name, reading.kind.rawValue, reading.help)
        var seen: Set<LabelSet> = []
        for sample in reading.samples {
            let labels = LabelSet(sample.labels)
            // A series that is told twice makes Prometheus refuse all of them.
            guard seen.insert(labels).inserted else { continue }
            writer.sample(name, reading.kind == .counter ? "_total" : "", labels, sample.value)
        }
    }
}
