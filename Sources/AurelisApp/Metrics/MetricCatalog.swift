internal import Aurelis
internal import AurelisPrometheus

/// What the counted metrics mean, and how their histograms are cut.
enum MetricCatalog {
    /// Answers of models take seconds, kept ones a tenth of a millisecond: both are to be seen.
    static let answerBuckets: [Double] = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ]
    static let contentBuckets: [Double] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30]
    static let overheadBuckets: [Double] = [
        0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5,
    ]
    static let waitBuckets: [Double] = [0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200, 86_400]

    static let descriptions: [MetricDescription] = [
        .init(MetricNames.requests, "Requests that have ended."),
        .init(
            MetricNames.responseTime,
            "From a request to the last byte of its answer, or to its failure.",
            buckets: answerBuckets
        ),
        .init(
            MetricNames.firstToken,
            "From a request to the first content of its stream, for those that a model was asked.",
            buckets: contentBuckets
        ),
        .init(
            MetricNames.overhead,
            "What Aurelis itself took of an answered request: no provider, no wait.",
            buckets: overheadBuckets
        ),
        .init(MetricNames.wait, "What requests waited for quotas and providers' pauses.", buckets: waitBuckets),
        .init(MetricNames.errors, "Requests without a whole answer, by the kind of failure."),
        .init(MetricNames.fallbacks, "Answers of another model than the one that was asked first."),
        .init(MetricNames.attempts, "What was sent to providers, by what came of it."),
        .init(
            MetricNames.attemptTime,
            "From sending to the answer, the first content of a stream, or the failure.",
            buckets: answerBuckets
        ),
        .init(MetricNames.tokens, "Tokens that providers counted."),
        .init(MetricNames.savedTokens, "Tokens of kept and shared answers, for which nobody was asked."),
        .init(MetricNames.cost, "What that cost, where the price is known."),
    ]
}
