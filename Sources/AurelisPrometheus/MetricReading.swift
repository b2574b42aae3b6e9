/// A metric that is read when somebody asks, from whoever has it: what has a state of its own is not counted twice.
///
///     MetricReading("aurelis_pool_waiting", .gauge, "Requests that wait for a connection.", [.init(["origin": host], 3)])
package struct MetricReading: Sendable {
    /// How its values move.
    package enum Kind: String, Sendable {
        /// Only up, until the process ends.
        case counter
        /// Up and down.
        case gauge
    }

    /// One series of it.
    package struct Sample: Sendable {
        /// Name and value of each label.
        package let labels: [(String, String)]
        /// The value now.
        package let value: Double

        /// A sample.
        package init(_ labels: KeyValuePairs<String, String> = [:], _ value: Double) {
            self.labels = labels.map { ($0.key, $0.value) }
            self.value = value
        }

        /// A sample of a whole number.
        package init(_ labels: KeyValuePairs<String, String> = [:], _ value: Int) { self.init(labels, Double(value)) }
    }

    /// The name, of a counter with its `_total`.
    package let name: String
    /// How its values move.
    package let kind: Kind
    /// One sentence for people.
    package let help: String
    /// The values.
    package let samples: [Sample]

    /// A reading; without samples it is not told at all.
    package init(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]) {
        self.name = name
        self.kind = kind
        self.help = help
        self.samples = samples
    }
}
