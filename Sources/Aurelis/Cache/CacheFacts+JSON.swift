public import AurelisJSON

extension CacheFacts {
    /// Writes the facts as one JSON object.
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        writeMembers(to: &json)
        json.endObject()
    }

    /// Writes the members of an object that has been begun.
    package func writeMembers(to json: inout JSONWriter) {
        json.field("key", key.description)
        json.field("operation", operation.rawValue)
        json.field("provider", provider.rawValue)
        json.field("model", model)
        json.field("task", task.rawValue)
        json.field("tenant", tenant)
        json.key("tags")
        json.beginArray()
        for tag in tags { json.string(tag) }
        json.endArray()
        json.field("created_ms", Int(created))
        json.field("lifetime_ms", Int(lifetime.milliseconds))
    }

    /// Milliseconds that can be added up: whoever writes to Redis or the disk can write any number.
    private static let times = -(1 << 53)..<(1 << 53)

    /// Reads what `write` writes.
    ///
    /// - Returns: nil for what are no facts.
    public init?(reading value: JSONValue) {
        guard let key = value["key"]?.string.flatMap(CacheKey.init(parsing:)),
            let operation = value["operation"]?.string.flatMap(ModelOperation.init(rawValue:)),
            let provider = value["provider"]?.string,
            let model = value["model"]?.string,
            let task = value["task"]?.string.flatMap(TaskType.init(rawValue:)),
            let created = value["created_ms"]?.int, Self.times.contains(created),
            let lifetime = value["lifetime_ms"]?.int, Self.times.contains(lifetime)
        else { return nil }
        self.init(
            key: key,
            operation: operation,
            provider: ProviderID(rawValue: provider),
            model: model,
            task: task,
            tenant: value["tenant"]?.string ?? "",
            tags: value["tags"]?.elements.compactMap(\.string) ?? [],
            created: Int64(created),
            lifetime: .milliseconds(lifetime)
        )
    }
}

extension CacheInvalidation {
    /// Writes the invalidation as one JSON object, for other processes to read.
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.optional("task", selection.task?.rawValue)
        json.optional("tag", selection.tag)
        json.optional("model", selection.model)
        json.optional("tenant", selection.tenant)
        json.optional("key_prefix", selection.keyPrefix)
        json.field("time_ms", Int(time))
        json.endObject()
    }

    /// Reads what `write` writes.
    ///
    /// - Returns: nil for what is no invalidation, or one that this version does not understand.
    public init?(reading value: JSONValue) {
        guard let time = value["time_ms"]?.int else { return nil }
        var selection = CacheSelection()
        for (key, value) in value.members where key != "time_ms" {
            // What narrows the selection and is not understood must not widen it.
            guard let text = value.string else { return nil }
            switch key {
            case "task":
                guard let task = TaskType(rawValue: text) else { return nil }
                selection.task = task
            case "tag": selection.tag = text
            case "model": selection.model = text
            case "tenant": selection.tenant = text
            case "key_prefix": selection.keyPrefix = text
            default: return nil
            }
        }
        self.init(selection, time: Int64(time))
    }
}
