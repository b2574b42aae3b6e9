import CoreMetrics
import Testing

@testable import AurelisPrometheus

@Suite("Metrics as Prometheus fetches them")
struct ExpositionTests {
    private let registry = PrometheusRegistry(describing: [
        MetricDescription("jobs_total", "Jobs \"done\".\nOr \\ not."),
        MetricDescription("job_seconds", "How long.", buckets: [1, 0.25, 1]),
    ])

    private func text(_ format: ExpositionFormat = .text, with readings: [MetricReading] = []) -> String {
        String(decoding: registry.exposition(as: format, with: readings), as: UTF8.self)
    }

    private func fill() {
        Counter(label: "jobs_total", dimensions: [("kind", "mail")], factory: registry).increment(by: 3)
        let time = Timer(label: "job_seconds", dimensions: [("kind", "mail")], factory: registry)
        time.recordNanoseconds(250_000_000)
        time.recordNanoseconds(250_000_001)
        time.recordNanoseconds(2_500_000_000)
        Meter(label: "queue.length", factory: registry).set(-2.5)
    }

    @Test("the text has a sample for each series, and bounds that count what is at them")
    func text() {
        fill()
        let expected = #"""
            # HELP job_seconds How long.
            # TYPE job_seconds histogram
            job_seconds_bucket{kind="mail",le="0.25"} 1
            job_seconds_bucket{kind="mail",le="1.0"} 2
            job_seconds_bucket{kind="mail",le="+Inf"} 3
            job_seconds_sum{kind="mail"} 3.000000001
            job_seconds_count{kind="mail"} 3
            # HELP jobs_total Jobs "done".\nOr \\ not.
            # TYPE jobs_total counter
            jobs_total{kind="mail"} 3
            # TYPE queue_length gauge
            queue_length -2.5

            """#
        #expect(text() == expected)
    }

    @Test("OpenMetrics names a counter without its end, escapes quotes, and ends with EOF")
    func openMetrics() {
        fill()
        let expected = #"""
            # HELP jobs Jobs \"done\".\nOr \\ not.
            # TYPE jobs counter
            jobs_total{kind="mail"} 3
            # TYPE queue_length gauge
            queue_length -2.5
            # EOF

            """#
        #expect(text(.openMetrics).hasSuffix(expected))
        #expect(text(.openMetrics).contains(#"le="1.0"} 2"#))
    }

    @Test("what a label holds cannot end it, add a line, or take forever")
    func escaping() {
        let value = "a\"b\\c\nd\u{0}é" + String(repeating: "x", count: 1_000)
        Counter(label: "c", dimensions: [("l", value)], factory: registry).increment()
        let lines = text().split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines[1].hasPrefix(#"c_total{l="a\"b\\c\nd"#))
        #expect(lines[1].utf8.count < 300)
    }

    @Test(
        "names become such as Prometheus takes",
        arguments: [
            ("http.requests", "http_requests"), ("9lives", "_9lives"), ("", "_"), ("größe", "gr____e"), ("a:b", "a:b"),
            ("plain_name", "plain_name"),
        ]
    )
    func names(given: String, expected: String) { #expect(MetricName.metric(given) == expected) }

    @Test("labels that Prometheus keeps for itself are renamed, each stands once, in the order of the names")
    func labels() {
        let labels = LabelSet([("z", "1"), ("le", "2"), ("__name__", "3"), ("a-b", "4"), ("z", "5")])
        #expect(labels.text == #"a_b="4",label___name__="3",label_le="2",z="1""#)
        #expect(LabelSet([("b", "1"), ("a", "2")]) == LabelSet([("a", "2"), ("b", "1")]))
    }

    @Test("readings stand among the counted, and a series that is told twice is told once")
    func readings() {
        fill()
        let readings = [
            MetricReading(
                "pool",
                .gauge,
                "Pool.",
                [.init(["a": "1"], 1.5), .init(["a": "1"], 2), .init([:], .infinity), .init(["a": "2"], Double.nan)]
            ),
            MetricReading("jobs_total", .counter, "Taken.", [.init([:], 9)]),
            MetricReading("seen_total", .counter, "Seen.", [.init([:], 9)]),
            MetricReading("nothing", .gauge, "Nothing.", []),
        ]
        let text = text(with: readings)
        #expect(text.contains("# TYPE pool gauge\npool{a=\"1\"} 1.5\npool +Inf\npool{a=\"2\"} NaN\n"))
        #expect(text.contains("# TYPE seen_total counter\nseen_total 9\n"))
        #expect(!text.contains("Taken"))
        #expect(!text.contains("nothing"))
    }

    @Test(
        "numbers are told as they are",
        arguments: [(0.0, "0"), (-3, "-3"), (1e21, "1e+21"), (0.1, "0.1"), (1e-7, "1e-07")]
    )
    func numbers(value: Double, expected: String) {
        Meter(label: "n", factory: registry).set(value)
        #expect(text() == "# TYPE n gauge\nn \(expected)\n")
    }

    @Test(
        "the format is the one that is asked for, the text for whoever does not say",
        arguments: [
            (nil, ExpositionFormat.text), ("*/*", .text), ("text/plain", .text), ("", .text),
            ("application/openmetrics-text", .openMetrics), ("application/openmetrics-text; version=9.0.0", .text),
            (
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                .openMetrics
            ),
            ("application/openmetrics-text;q=0.1, text/plain;q=0.9", .text),
            ("application/openmetrics-text;q=0", .text), (";;q=,,", .text),
        ] as [(String?, ExpositionFormat)]
    )
    func negotiation(field: String?, expected: ExpositionFormat) {
        #expect(ExpositionFormat(accepting: field) == expected)
    }
}
