/// What is known of a metric beside its values: what it means, and how a histogram of it is cut.
///
///     MetricDescription("aurelis_response_time_seconds", "From a request to the end of its answer.", buckets: [0.1, 1, 10])
package struct MetricDescription: Sendable {
    /// The name, of a counter with its `_total`.
    package let name: String
    /// One sentence for people.
    package let help: String
    /// The upper bounds of the buckets, in the metric's unit; nil: `standardBuckets`.
    package let buckets: [Double]?

    /// A description.
    package init(_ name: String, _ help: String, buckets: [Double]? = nil) {
        self.name = name
        self.help = help
        self.buckets = buckets
    }

    /// For times in seconds, where nothing else is said.
    package static let standardBuckets: [Double] = [
        0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]
}
