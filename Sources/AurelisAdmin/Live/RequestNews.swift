internal import Aurelis
internal import AurelisJSON

/// The requests that have ended since somebody looked last.
struct RequestNews {
    private let recent: RecentRequests
    private var seen: Int

    init(_ recent: RecentRequests) {
        self.recent = recent
        seen = recent.total
    }

    /// Forgets what there is.
    mutating func passOver() { seen = recent.total }

    /// The newest of the new ones as JSON, and how many others there were; nil: nothing is new.
    mutating func next(atMost limit: Int) -> [UInt8]? {
        let (records, total) = recent.latest(limit, after: seen)
        let skipped = total - seen - records.count
        seen = total
        guard !records.isEmpty else { return nil }
        var json = JSONWriter(capacity: 256 * records.count)
        json.beginObject()
        json.key("requests")
        json.beginArray()
        for record in records { record.writeBriefly(to: &json) }
        json.endArray()
        json.field("skipped", skipped)
        json.endObject()
        return json.bytes
    }
}

extension RequestRecord {
    /// Writes what a list shows: a record without its reasons and its way. The names of members are those of the whole.
    fileprivate func writeBriefly(to json: inout JSONWriter) {
        json.beginObject()
        json.field("id", id.description)
        json.field("time_ms", Int(time))
        json.field("operation", operation.rawValue)
        if !tenant.isEmpty { json.field("tenant", tenant.clipped) }
        json.field("task", task.rawValue)
        if let modelRequested { json.field("model_requested", modelRequested.clipped) }
        if let modelUsed { json.field("model_used", modelUsed.clipped) }
        if let provider { json.field("provider", provider.clipped) }
        json.field("stream", stream)
        json.field("outcome", outcome.rawValue.clipped)
        json.field("duration_ms", Double(duration.microseconds) / 1_000)
        json.field("attempt_count", trace.upstreamAttempts)
        if let cache = trace.cache { json.field("cache", cache.description) }
        if let usage { json.field("tokens", usage.total) }
        json.endObject()
    }
}

extension String {
    /// Callers choose names: what goes to everybody who watches has an end. One character may be as long as a book, a
    /// scalar may not.
    fileprivate var clipped: String {
        utf8.count <= 160 ? self : String(String.UnicodeScalarView(unicodeScalars.prefix(160))) + "…"
    }
}
