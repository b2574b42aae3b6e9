import CoreMetrics
import Testing

@testable import AurelisPrometheus

@Suite("The registry of metrics")
struct PrometheusRegistryTests {
    private func text(_ registry: PrometheusRegistry) -> String {
        String(decoding: registry.exposition(as: .text), as: UTF8.self)
    }

    @Test("handles of one name and the same labels are one series")
    func sameSeries() {
        let registry = PrometheusRegistry()
        for dimensions in [[("a", "1"), ("b", "2")], [("b", "2"), ("a", "1")]] {
            Counter(label: "c", dimensions: dimensions, factory: registry).increment()
        }
        #expect(text(registry) == "# TYPE c_total counter\nc_total{a=\"1\",b=\"2\"} 2\n")
    }

    @Test("a counter never falls, whatever it is told")
    func monotonic() {
        let registry = PrometheusRegistry()
        let whole = Counter(label: "whole", factory: registry)
        let part = FloatingPointCounter(label: "part", factory: registry)
        whole.increment(by: 2)
        whole.increment(by: -1)
        part.increment(by: 0.5)
        part.increment(by: -0.25)
        part.increment(by: Double.nan)
        part.increment(by: Double.infinity)
        #expect(text(registry).contains("part_total 0.5\n"))
        #expect(text(registry).contains("whole_total 2\n"))
    }

    @Test("beyond the bound all labels share one series, and it is told how often")
    func bound() {
        let registry = PrometheusRegistry(maximumSeries: 3)
        for index in 0..<100 {
            Counter(label: "c", dimensions: [("model", "m\(index)"), ("task", "t")], factory: registry).increment()
        }
        let lines = text(registry).split(separator: "\n").dropFirst()
        #expect(lines.count == 4)
        #expect(lines.last == #"c_total{model="other",task="other"} 97"#)
        #expect(registry.overflows == 97)
    }

    @Test("a name of one kind is not taken by another, whose values nobody sees")
    func kinds() {
        let registry = PrometheusRegistry()
        Meter(label: "m", factory: registry).set(1)
        Timer(label: "m", factory: registry).recordNanoseconds(1)
        Counter(label: "t", factory: registry).increment()
        FloatingPointCounter(label: "t", factory: registry).increment(by: 5)
        #expect(text(registry) == "# TYPE m gauge\nm 1\n# TYPE t_total counter\nt_total 1\n")
        #expect(registry.overflows == 2)
    }

    @Test("what is destroyed is told no more, and can be made anew")
    func destroy() {
        let registry = PrometheusRegistry()
        let counter = Counter(label: "c", dimensions: [("a", "1")], factory: registry)
        Counter(label: "c", dimensions: [("a", "2")], factory: registry).increment()
        counter.increment()
        counter.destroy()
        #expect(!text(registry).contains("a=\"1\""))
        Counter(label: "c", dimensions: [("a", "1")], factory: registry).increment(by: 7)
        #expect(text(registry).contains("c_total{a=\"1\"} 7\n"))
        #expect(text(registry).contains("c_total{a=\"2\"} 1\n"))
        let timer = Timer(label: "t", factory: registry)
        let recorder = Recorder(label: "r", factory: registry)
        let gauge = Gauge(label: "g", factory: registry)
        timer.destroy()
        recorder.destroy()
        gauge.destroy()
        #expect(!text(registry).contains("t_bucket"))
    }

    @Test("a histogram counts as its definition says", arguments: 0..<8)
    func histogram(seed: UInt64) {
        var generator = SplitMix(seed: seed)
        let bounds = (0..<generator.number(below: 6)).map { _ in Double(generator.number(below: 2_000)) / 1_000 }
        let registry = PrometheusRegistry(describing: [MetricDescription("r", "", buckets: bounds)])
        let recorder = Recorder(label: "r", factory: registry)
        let values = (0..<200).map { _ in Double(generator.number(below: 3_000)) / 1_000 }
        for value in values { recorder.record(value) }
        let text = text(registry)
        for bound in Set(bounds) {
            #expect(text.contains("r_bucket{le=\"\(bound)\"} \(values.count { $0 <= bound })\n"))
        }
        #expect(text.contains("r_bucket{le=\"+Inf\"} 200\n"))
        #expect(text.contains("r_count 200\n"))
        let sum = text.split(separator: "\n").first { $0.hasPrefix("r_sum ") }.flatMap { Double($0.dropFirst(6)) }
        #expect(sum.map { abs($0 - values.reduce(0, +)) < 1e-6 } == true)
    }

    @Test("many threads lose nothing")
    func concurrency() async {
        let registry = PrometheusRegistry()
        let meter = Meter(label: "level", factory: registry)
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    for _ in 0..<2_000 {
                        // Made anew each time: making is safe as well.
                        Counter(label: "c", dimensions: [("w", "\(worker % 3)")], factory: registry).increment()
                        Timer(label: "t", factory: registry).recordNanoseconds(1_000_000_000)
                        meter.increment(by: 1.0)
                    }
                }
            }
            group.addTask { for _ in 0..<50 { _ = registry.exposition(as: .openMetrics) } }
        }
        let text = text(registry)
        #expect(text.contains("t_count 16000\n"))
        #expect(text.contains("t_sum 16000\n"))
        #expect(text.contains("level 16000\n"))
        let counts = text.split(separator: "\n").filter { $0.hasPrefix("c_total{") }
            .compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
        #expect(counts.reduce(0, +) == 16_000)
    }
}

/// A reproducible generator.
private struct SplitMix {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func number(below bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((bits ^ (bits >> 31)) % UInt64(bound))
    }
}
