package import CoreMetrics
internal import Synchronization

/// Where swift-metrics keeps what Prometheus fetches.
///
///     let registry = PrometheusRegistry(describing: [MetricDescription("jobs_total", "Jobs done.")])
///     let jobs = Counter(label: "jobs_total", dimensions: [("kind", "mail")], factory: registry)
///     jobs.increment()
///     registry.exposition(as: .text)      // # HELP jobs_total Jobs done. …
///
/// Making a handle takes a lock and is done once; using it takes none. The number of series is bounded: beyond the bound
/// all labels of a metric share one series, whose values are `other`.
package final class PrometheusRegistry: MetricsFactory {
    private struct State {
        var families: [String: MetricFamily] = [:]
        var overflows = 0
    }

    private let descriptions: [String: MetricDescription]
    private let maximumSeries: Int
    private let state = Mutex(State())

    /// How many different names are kept.
    private static let maximumFamilies = 1_000

    /// An empty registry.
    ///
    /// - Parameters:
    ///   - descriptions: what the metrics mean; others are kept without words.
    ///   - maximumSeries: of each name.
    package init(describing descriptions: [MetricDescription] = [], maximumSeries: Int = 5_000) {
        self.descriptions = Dictionary(descriptions.map { (MetricName.counter($0.name), $0) }) { first, _ in first }
        self.maximumSeries = max(1, maximumSeries)
    }

    /// How many handles share a series because there were too many, or count for nobody because their name was taken by
    /// another kind of metric.
    package var overflows: Int { state.withLock(\.overflows) }

    var families: [MetricFamily] { state.withLock { Array($0.families.values) } }

    /// The holder of a series, made if there is none.
    private func holder<Held: Sendable>(
        _ label: String,
        _ kind: MetricFamily.Kind,
        _ dimensions: [(String, String)],
        _ held: @Sendable (MetricFamily.Holder) -> Held?,
        _ make: @Sendable ([Double]) -> (Held, MetricFamily.Holder)
    ) -> Held {
        let name = kind == .counter ? MetricName.counter(label) : MetricName.metric(label)
        let description = descriptions[name]
        let labels = LabelSet(dimensions)
        return state.withLock { state in
            func detached() -> Held {
                state.overflows += 1
                return make(Self.bounds(description)).0
            }
            guard state.families[name] != nil || state.families.count < Self.maximumFamilies else { return detached() }
            var family = state.families[name] ?? MetricFamily(name: name, kind: kind, help: description?.help ?? "")
            guard family.kind == kind else { return detached() }
            var place = labels
            if family[labels] == nil, family.series.count >= maximumSeries {
                state.overflows += 1
                place = LabelSet.overflow(dimensions)
            }
            if let known = family[place] { return held(known) ?? detached() }
            let (made, holder) = make(Self.bounds(description))
            family.add(holder, place)
            state.families[name] = family
            return made
        }
    }

    private static func bounds(_ description: MetricDescription?) -> [Double] {
        let bounds = description?.buckets ?? MetricDescription.standardBuckets
        return Set(bounds).filter(\.isFinite).sorted()
    }

    private func remove(where matches: @Sendable (MetricFamily.Holder) -> Bool) {
        state.withLock { state in
            for name in state.families.keys { state.families[name]?.remove(where: matches) }
        }
    }
}

extension PrometheusRegistry {
    /// A counter of whole numbers.
    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        holder(label, .counter, dimensions) {
            if case .counter(let series) = $0 { series } else { nil }
        } _: { _ in
            let series = CounterSeries()
            return (series, .counter(series))
        }
    }

    /// A counter of fractions.
    package func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        holder(label, .counter, dimensions) {
            if case .fractionalCounter(let series) = $0 { series } else { nil }
        } _: { _ in
            let series = FractionalCounterSeries()
            return (series, .fractionalCounter(series))
        }
    }

    /// A gauge.
    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(label, dimensions)
    }

    /// A histogram, or a gauge of what was recorded last.
    package func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler {
        guard aggregate else { return gauge(label, dimensions) }
        return holder(label, .histogram, dimensions) {
            if case .histogram(let series) = $0 { series as? ValueHistogramSeries } else { nil }
        } _: { bounds in
            let series = ValueHistogramSeries(bounds: bounds)
            return (series, .histogram(series))
        }
    }

    /// A histogram of times, in seconds.
    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        holder(label, .histogram, dimensions) {
            if case .histogram(let series) = $0 { series as? TimeHistogramSeries } else { nil }
        } _: { bounds in
            let series = TimeHistogramSeries(bounds: bounds)
            return (series, .histogram(series))
        }
    }

    private func gauge(_ label: String, _ dimensions: [(String, String)]) -> GaugeSeries {
        holder(label, .gauge, dimensions) {
            if case .gauge(let series) = $0 { series } else { nil }
        } _: { _ in
            let series = GaugeSeries()
            return (series, .gauge(series))
        }
    }

    /// Forgets a series.
    package func destroyCounter(_ handler: any CounterHandler) {
        remove { if case .counter(let series) = $0 { series === handler } else { false } }
    }

    /// Forgets a series.
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {
        remove { if case .fractionalCounter(let series) = $0 { series === handler } else { false } }
    }

    /// Forgets a series.
    package func destroyMeter(_ handler: any MeterHandler) {
        remove { if case .gauge(let series) = $0 { series === handler } else { false } }
    }

    /// Forgets a series.
    package func destroyRecorder(_ handler: any RecorderHandler) {
        remove {
            switch $0 {
            case .gauge(let series): series === handler
            case .histogram(let series): series === handler
            default: false
            }
        }
    }

    /// Forgets a series.
    package func destroyTimer(_ handler: any TimerHandler) {
        remove { if case .histogram(let series) = $0 { series === handler } else { false } }
    }
}
