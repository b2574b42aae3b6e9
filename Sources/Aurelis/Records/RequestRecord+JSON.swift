public import AurelisJSON

extension RequestRecord {
    /// The record as one JSON object, for the admin API, storage and `--json`.
    public var json: [UInt8] {
        var json = JSONWriter()
        write(to: &json)
        return json.bytes
    }

    /// Writes the record as a value.
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("id", id.description)
        json.field("time_ms", Int(time))
        json.field("operation", operation.rawValue)
        json.field("task", task.rawValue)
        json.optional("model_requested", modelRequested)
        json.optional("model_used", modelUsed)
        json.optional("provider", provider)
        json.field("stream", stream)
        json.field("outcome", outcome.rawValue)
        json.optional("message", message)
        json.milliseconds("duration_ms", duration)
        if let usage {
            json.key("usage")
            json.beginObject()
            json.field("prompt_tokens", usage.prompt)
            json.field("completion_tokens", usage.completion)
            json.endObject()
        }
        trace.writeMembers(to: &json)
        json.endObject()
    }

    /// Reads what `json` writes.
    ///
    /// - Returns: nil for what is no record.
    public init?(reading value: JSONValue) {
        guard let id = value["id"]?.string.flatMap(RequestID.init(parsing:)),
            let time = value["time_ms"]?.int,
            let operation = value["operation"]?.string.flatMap(ModelOperation.init(rawValue:)),
            let task = value["task"]?.string.flatMap(TaskType.init(rawValue:)),
            let outcome = value["outcome"]?.string
        else { return nil }
        self.init(
            id: id,
            time: Int64(time),
            operation: operation,
            task: task,
            modelRequested: value["model_requested"]?.string,
            modelUsed: value["model_used"]?.string,
            provider: value["provider"]?.string,
            stream: value["stream"]?.bool ?? false,
            outcome: Outcome(rawValue: outcome),
            message: value["message"]?.string,
            duration: value.milliseconds("duration_ms") ?? .zero,
            usage: value["usage"].flatMap(TokenUsage.init(reading:)),
            trace: RouteTrace(reading: value)
        )
    }
}

extension RouteTrace {
    /// Writes `candidates` and `attempts` into an object that has been begun.
    func writeMembers(to json: inout JSONWriter) {
        json.key("candidates")
        json.beginArray()
        for candidate in candidates {
            json.beginObject()
            json.field("model", candidate.model.spelling)
            json.optional("provider", candidate.provider?.rawValue)
            json.optional("rejection", candidate.rejection)
            json.optional("deferral", candidate.deferral)
            json.endObject()
        }
        json.endArray()
        json.key("attempts")
        json.beginArray()
        for attempt in attempts {
            json.beginObject()
            json.field("model", attempt.model.spelling)
            json.field("provider", attempt.provider.rawValue)
            json.field("purpose", attempt.purpose.rawValue)
            json.field("outcome", attempt.failure?.rawValue ?? "answered")
            json.optional("reason", attempt.reason)
            if let status = attempt.status { json.field("status", status) }
            json.milliseconds("duration_ms", attempt.duration)
            if let wait = attempt.waitAfter { json.milliseconds("wait_after_ms", wait) }
            json.endObject()
        }
        json.endArray()
    }

    init(reading value: JSONValue) {
        self.init()
        for candidate in value["candidates"]?.elements ?? .empty {
            guard let model = candidate["model"]?.string else { continue }
            candidates.append(
                Candidate(
                    model: ModelID(model),
                    provider: candidate["provider"]?.string.map(ProviderID.init(rawValue:)),
                    rejection: candidate["rejection"]?.string,
                    deferral: candidate["deferral"]?.string
                )
            )
        }
        for attempt in value["attempts"]?.elements ?? .empty {
            guard let model = attempt["model"]?.string, let provider = attempt["provider"]?.string else { continue }
            let outcome = attempt["outcome"]?.string ?? "answered"
            var read = Attempt(
                model: ModelID(model),
                provider: ProviderID(rawValue: provider),
                purpose: attempt["purpose"]?.string.flatMap(Attempt.Purpose.init(rawValue:)) ?? .answer,
                failure: outcome == "answered" ? nil : ModelError.Category(rawValue: outcome),
                reason: attempt["reason"]?.string,
                status: attempt["status"]?.int,
                duration: attempt.milliseconds("duration_ms") ?? .zero
            )
            read.waitAfter = attempt.milliseconds("wait_after_ms")
            attempts.append(read)
        }
    }
}

extension JSONWriter {
    fileprivate mutating func optional(_ name: String, _ value: String?) {
        if let value { field(name, value) }
    }

    /// Milliseconds with their microseconds.
    fileprivate mutating func milliseconds(_ name: String, _ duration: Duration) {
        field(name, Double(duration.microseconds) / 1_000)
    }
}

extension JSONValue {
    fileprivate func milliseconds(_ name: String) -> Duration? {
        self[name]?.double.map { .microseconds(Int64(($0 * 1_000).rounded())) }
    }
}

extension Duration {
    /// Whole microseconds, rounded down.
    package var microseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}
