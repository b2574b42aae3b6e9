internal import AurelisPrometheus
internal import AurelisTracing

/// What has become of the spans.
struct TracingReadings {
    let all: [MetricReading]

    init(_ counts: SpanExporter.Counts) {
        all = [
            .init(
                "aurelis_tracing_spans_total",
                .counter,
                "Spans, by what has become of them: dropped are those that the queue had no room for, lost those that the "
                    + "collector did not take.",
                [
                    .init(["outcome": "exported"], counts.exported),
                    .init(["outcome": "dropped"], counts.dropped),
                    .init(["outcome": "lost"], counts.lost),
                ]
            ),
            .init("aurelis_tracing_spans_waiting", .gauge, "Spans that wait.", [.init([:], counts.waiting)]),
        ]
    }
}
