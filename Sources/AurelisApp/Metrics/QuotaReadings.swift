internal import Aurelis
internal import AurelisPrometheus

/// What is used and left of the quotas, of models and of keys.
struct QuotaReadings {
    let all: [MetricReading]

    private static let maximumRows = 1_000

    init(_ report: QuotaReport) {
        var (models, keys) = (Rows(), Rows())
        for row in report.rows.prefix(Self.maximumRows) {
            models.add(row.standing) { unit, period in
                ["model": row.model.canonical, "period": period, "provider": row.provider.rawValue, "unit": unit]
            } whole: {
                ["model": row.model.canonical, "provider": row.provider.rawValue]
            }
        }
        for row in report.keys {
            keys.add(row.standing) { unit, period in
                ["key": row.key, "period": period, "unit": unit]
            } whole: {
                ["key": row.key]
            }
        }
        all = models.readings("aurelis_quota", "a model") + keys.readings("aurelis_key_quota", "a key")
    }

    private struct Rows {
        private var limit: [MetricReading.Sample] = []
        private var used: [MetricReading.Sample] = []
        private var left: [MetricReading.Sample] = []
        private var reset: [MetricReading.Sample] = []
        private var inFlight: [MetricReading.Sample] = []

        mutating func add(
            _ standing: QuotaStanding,
            _ labels: (_ unit: String, _ period: String) -> KeyValuePairs<String, String>,
            whole: () -> KeyValuePairs<String, String>
        ) {
            for line in standing.lines {
                // Picodollars are for counting; people see dollars.
                let scale = line.limit.unit == .money ? 1e12 : 1
                let unit = line.limit.unit == .money ? "dollars" : line.limit.unit.rawValue
                let labels = labels(unit, line.limit.period.rawValue)
                used.append(.init(labels, Double(line.used) / scale))
                if line.limit.amount < .max {
                    limit.append(.init(labels, Double(line.limit.amount) / scale))
                    left.append(.init(labels, Double(line.left) / scale))
                }
                if let resets = line.closedUntil ?? line.resets { reset.append(.init(labels, Double(resets) / 1e3)) }
            }
            inFlight.append(.init(whole(), standing.inFlight))
        }

        func readings(_ name: String, _ whose: String) -> [MetricReading] {
            [
                .init("\(name)_limit", .gauge, "What \(whose) may use in a period.", limit),
                .init("\(name)_used", .gauge, "What is used of it.", used),
                .init("\(name)_remaining", .gauge, "What is left of it.", left),
                .init("\(name)_reset_timestamp_seconds", .gauge, "When all of it has come back.", reset),
                .init("\(name)_in_flight", .gauge, "Requests under way that count on it.", inFlight),
            ]
        }
    }
}
