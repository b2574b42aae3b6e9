/// All series of one name.
struct MetricFamily: Sendable {
    /// Who holds a series' value.
    enum Holder: Sendable {
        case counter(CounterSeries)
        case fractionalCounter(FractionalCounterSeries)
        case gauge(GaugeSeries)
        case histogram(any HistogramSeries)
    }

    enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    /// The name, of a counter without its `_total`.
    let name: String
    let kind: Kind
    let help: String
    /// In the order in which they were made.
    private(set) var series: [(labels: LabelSet, holder: Holder)] = []
    private var indices: [LabelSet: Int] = [:]

    init(name: String, kind: Kind, help: String) {
        self.name = name
        self.kind = kind
        self.help = help
    }

    subscript(labels: LabelSet) -> Holder? { indices[labels].map { series[$0].holder } }

    mutating func add(_ holder: Holder, _ labels: LabelSet) {
        indices[labels] = series.count
        series.append((labels, holder))
    }

    mutating func remove(where matches: (Holder) -> Bool) {
        guard let index = series.firstIndex(where: { matches($0.holder) }) else { return }
        series.remove(at: index)
        indices = Dictionary(uniqueKeysWithValues: series.enumerated().map { ($1.labels, $0) })
    }
}
