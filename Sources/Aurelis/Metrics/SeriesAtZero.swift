internal import CoreMetrics

/// Counters that are there before anything is counted.
///
/// Whoever reads them sees a counter grow from one look to the next. One that is born with its first request, as 1 or as 200, has not
/// grown: a fresh gateway's first answers would be nobody's, and so would a burst of failures of a kind that was not there before.
enum SeriesAtZero {
    /// What alerts are about; all other failures are born when they happen.
    private static let failures: [ModelError.Category] = [
        .upstream, .timeout, .connection, .rateLimit, .quota, .authentication, .modelUnavailable,
    ]

    /// Makes those of a configured model.
    static func of(model: String, _ factory: any MetricsFactory) {
        for task in TaskType.allCases { requests(model, task, RequestRecord.Outcome.answered.rawValue, factory) }
        for category in failures { failure(model, category.rawValue, factory) }
        for kind in ["prompt", "completion"] {
            begin(MetricNames.tokens, [("model", model), ("kind", kind)], factory)
        }
        FloatingPointCounter(label: MetricNames.cost, dimensions: [("model", model)], factory: factory).increment(by: 0)
    }

    /// Makes those of requests that are for no model of the configuration.
    static func beside(models factory: any MetricsFactory) {
        failure(ModelLabels.other, CallerFault.unknownModel.rawValue, factory)
        for model in [ModelLabels.other, ModelLabels.none] {
            failure(model, ModelError.Category.invalidRequest.rawValue, factory)
        }
    }

    private static func failure(_ model: String, _ category: String, _ factory: any MetricsFactory) {
        requests(model, .general, category, factory)
        begin(MetricNames.errors, [("model", model), ("category", category)], factory)
    }

    private static func requests(
        _ model: String,
        _ task: TaskType,
        _ outcome: String,
        _ factory: any MetricsFactory
    ) {
        let source = AnswerSource.no.rawValue
        let dimensions = [("model", model), ("task", task.rawValue), ("cached", source), ("outcome", outcome)]
        begin(MetricNames.requests, dimensions, factory)
    }

    private static func begin(_ name: String, _ dimensions: [(String, String)], _ factory: any MetricsFactory) {
        Counter(label: name, dimensions: dimensions, factory: factory).increment(by: 0)
    }
}
