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
        json.field("time", TimeStamp(milliseconds: time).description)
        json.field("time_ms", Int(time))
        json.field("operation", operation.rawValue)
        if !tenant.isEmpty { json.field("tenant", tenant) }
        json.field("task", task.rawValue)
        json.optional("model_requested", modelRequested)
        json.optional("model_used", modelUsed)
        json.optional("provider", provider)
        json.field("stream", stream)
        json.field("outcome", outcome.rawValue)
        json.optional("message", message)
        json.milliseconds("duration_ms", duration)
        if let firstContent { json.milliseconds("first_content_ms", firstContent) }
        if let usage {
            json.key("usage")
            json.beginObject()
            json.field("prompt_tokens", usage.prompt)
            json.field("completion_tokens", usage.completion)
            json.endObject()
        }
        if let cost { json.field("cost_picodollars", Int(cost)) }
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
            tenant: value["tenant"]?.string ?? "",
            task: task,
            modelRequested: value["model_requested"]?.string,
            modelUsed: value["model_used"]?.string,
            provider: value["provider"]?.string,
            stream: value["stream"]?.bool ?? false,
            outcome: Outcome(rawValue: outcome),
            message: value["message"]?.string,
            duration: value.milliseconds("duration_ms") ?? .zero,
            firstContent: value.milliseconds("first_content_ms"),
            usage: value["usage"].flatMap(TokenUsage.init(reading:)),
            cost: value["cost_picodollars"]?.int.map(Int64.init),
            trace: RouteTrace(reading: value)
        )
    }
}
