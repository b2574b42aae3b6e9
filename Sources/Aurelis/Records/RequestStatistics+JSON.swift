package import AurelisJSON

extension RequestStatistics.Snapshot {
    /// Writes the snapshot as a value.
    package func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("time_ms", Int(time))
        json.field("since_ms", Int(start))
        json.writeFrame(active, detailed: true, total, seconds, minutes) { json in
            json.key("by_model")
            json.beginArray()
            for (model, tally) in models.sorted(by: { ($1.value.requests, $0.key) < ($0.value.requests, $1.key) }) {
                tally.write(to: &json, "model", model)
            }
            json.endArray()
            json.key("by_task")
            json.beginArray()
            for (task, tally) in tasks.sorted(by: {
                ($1.value.requests, $0.key.rawValue) < ($0.value.requests, $1.key.rawValue)
            }) {
                tally.write(to: &json, "task", task.rawValue)
            }
            json.endArray()
        }
        json.endObject()
    }
}

extension RequestStatistics.Pulse {
    /// Writes what changed as a value.
    package func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("time_ms", Int(time))
        json.writeFrame(active, detailed: false, total, seconds, minutes) { _ in }
        json.endObject()
    }
}

extension JSONWriter {
    /// What a snapshot and a pulse have in common.
    fileprivate mutating func writeFrame(
        _ active: RequestStatistics.Active,
        detailed: Bool,
        _ total: RequestPoint,
        _ seconds: RequestStatistics.Snapshot.Series,
        _ minutes: RequestStatistics.Snapshot.Series,
        more: (inout JSONWriter) -> Void
    ) {
        key("active")
        active.write(to: &self, detailed: detailed)
        key("finished")
        beginObject()
        total.writeMembers(to: &self)
        more(&self)
        endObject()
        key("seconds")
        seconds.write(to: &self)
        key("minutes")
        minutes.write(to: &self)
    }
}

extension RequestStatistics.Active {
    fileprivate func write(to json: inout JSONWriter, detailed: Bool) {
        json.beginObject()
        all.writeMembers(to: &json)
        if detailed {
            json.key("by_model")
            json.beginArray()
            for (model, group) in models.sorted(by: { ($1.value.count, $0.key) < ($0.value.count, $1.key) }) {
                group.write(to: &json, "model", model)
            }
            json.endArray()
            json.key("by_task")
            json.beginArray()
            for (task, group) in tasks.sorted(by: {
                ($1.value.count, $0.key.rawValue) < ($0.value.count, $1.key.rawValue)
            }) {
                group.write(to: &json, "task", task.rawValue)
            }
            json.endArray()
        }
        json.endObject()
    }
}

extension RequestStatistics.Active.Group {
    fileprivate func write(to json: inout JSONWriter, _ label: String, _ name: String) {
        json.beginObject()
        json.field(label, name)
        writeMembers(to: &json)
        json.endObject()
    }

    fileprivate func writeMembers(to json: inout JSONWriter) {
        json.field("count", count)
        if let average { json.milliseconds("average_ms", average) }
    }
}

extension RequestTally {
    fileprivate func write(to json: inout JSONWriter, _ label: String, _ name: String) {
        json.beginObject()
        json.field(label, name)
        json.field("count", requests)
        json.field("failed", failed)
        if let average { json.milliseconds("average_ms", average) }
        json.endObject()
    }
}

extension RequestPoint {
    private static let counts: [(name: String, value: @Sendable (RequestPoint) -> Int)] = [
        ("requests", { $0.requests }), ("failed", { $0.failed }), ("cancelled", { $0.cancelled }),
        ("memory", { $0.memory }), ("redis", { $0.redis }), ("database", { $0.database }), ("stale", { $0.stale }),
        ("shared", { $0.shared }), ("tokens", { Int($0.tokens) }), ("cost_picodollars", { Int($0.cost) }),
    ]

    private static let times: [(name: String, value: @Sendable (RequestPoint) -> Duration?)] = [
        ("p50_ms", { $0.percentile(0.5) }), ("p95_ms", { $0.percentile(0.95) }),
    ]

    fileprivate func writeMembers(to json: inout JSONWriter) {
        for count in Self.counts { json.field(count.name, count.value(self)) }
        if answered > 0 { json.milliseconds("average_ms", .microseconds(time / Int64(answered))) }
        for time in Self.times {
            if let duration = time.value(self) { json.milliseconds(time.name, duration) }
        }
    }

    /// Column by column: a day of minutes is a fifth as long so.
    fileprivate static func writeColumns(of points: [RequestPoint], to json: inout JSONWriter) {
        for count in counts {
            json.key(count.name)
            json.beginArray()
            for point in points { json.int(count.value(point)) }
            json.endArray()
        }
        for time in times {
            json.key(time.name)
            json.beginArray()
            for point in points {
                if let duration = time.value(point) {
                    json.double(Double(duration.microseconds) / 1_000)
                } else {
                    json.null()
                }
            }
            json.endArray()
        }
    }
}

extension RequestStatistics.Snapshot.Series {
    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("start_ms", Int(start))
        json.field("step_ms", Int(step))
        RequestPoint.writeColumns(of: points, to: &json)
        json.endObject()
    }
}
