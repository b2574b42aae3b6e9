internal import AurelisJSON

extension AuditPage {
    /// Puts what happened into lines.
    package mutating func add(_ entry: AuditEntry, _ rules: AuditRules, _ key: AuditKey) {
        switch entry {
        case .request(let record, let details): add(record, details, rules, key)
        case .authentication(let event):
            line("auth_event", event.time, rules, key) { json in
                json.optional("request_id", event.requestID?.description)
                if let action = event.action {
                    json.field("action", action)
                } else {
                    json.field("outcome", event.isAccepted ? "accepted" : "refused")
                }
                json.field("place", event.place)
                json.optional("key", event.key.map(rules.text))
                json.optional("reason", event.reason.map(rules.text))
                json.optional("address", event.address.map(rules.text))
                json.write(event.leftOut)
            }
        case .security(let event):
            line("security_event", event.time, rules, key) { json in
                json.optional("request_id", event.requestID?.description)
                if !event.tenant.isEmpty { json.field("tenant", rules.text(event.tenant)) }
                json.field("action", event.action)
                json.field("rule", event.rule)
                json.optional("place", event.place)
                json.optional("message", event.message.map(rules.text))
                json.optional("address", event.address.map(rules.text))
                json.write(event.leftOut)
            }
        case .configuration(let event):
            line("config_event", event.time, rules, key) { json in
                json.field("action", event.action)
                json.key("settings")
                json.beginArray()
                // A map's names are its writer's; what is written as one may be anything.
                for path in event.settings.prefix(500) { json.string(rules.text(path)) }
                json.endArray()
                json.optional("reason", event.reason.map(rules.text))
            }
        case .notice(let notice, let time):
            line(AuditNotice.event, time, rules, key) { json in notice.writeMembers(to: &json) }
        }
    }

    private mutating func add(_ record: RequestRecord, _ details: AuditDetails, _ rules: AuditRules, _ key: AuditKey) {
        let texts = RecordTexts(record) { clean($0, rules) }
        line("model_request", record.time, rules, key) { json in
            json.writeCommon(record, texts)
            json.field("operation", record.operation.rawValue)
            json.field("stream", record.stream)
            if let user = details.user.flatMap({ try? JSONDocument($0) })?.root.string {
                json.field("user", rules.text(user))
            }
            if let metadata = details.metadata.flatMap({ try? JSONDocument($0) }) {
                json.key("metadata")
                json.redacted(metadata.root, rules, depth: 0)
            }
            guard let prompt = details.prompt else { return }
            json.key("content")
            json.beginArray()
            for passage in prompt {
                json.beginObject()
                json.field("role", rules.text(passage.role))
                json.field("text", rules.text(passage.text))
                json.endObject()
            }
            json.endArray()
        }
        let end = record.time + record.duration.milliseconds
        line("model_response", end, rules, key) { json in
            json.writeCommon(record, texts)
            json.writeResponse(record, texts)
            if let answer = details.answer { json.field("content", rules.text(answer)) }
        }
        for event in AuditSecurity.findings(of: record, at: end) { add(.security(event), rules, key) }
        if let refusal = AuditEntry(refusalOf: record, details, at: end) { add(refusal, rules, key) }
    }

    private mutating func line(
        _ event: String,
        _ time: Int64,
        _ rules: AuditRules,
        _ key: AuditKey,
        _ members: (inout JSONWriter) -> Void
    ) {
        var json = JSONWriter(capacity: 768)
        json.beginObject()
        json.field("seq", chain.sequence + 1)
        json.field("time", TimeStamp(milliseconds: time).description)
        json.field("event", event)
        members(&json)
        json.field("compliance_level", rules.complianceLevel)
        if rules.isSimulated { json.field("simulated", true) }
        json.field("pid", Int(rules.process))
        json.endObject()
        add(json.bytes, key)
    }
}

/// The texts of a record that callers and providers wrote, without secrets.
private struct RecordTexts {
    let tenant: String
    let modelRequested: String?
    let modelUsed: String?
    let message: String?

    init(_ record: RequestRecord, _ clean: (String) -> String) {
        tenant = record.tenant.isEmpty ? "" : clean(record.tenant)
        modelRequested = record.modelRequested.map(clean)
        modelUsed = record.modelUsed.map(clean)
        message = record.message.map(clean)
    }
}

extension JSONWriter {
    fileprivate mutating func write(_ leftOut: AuditLeftOut?) {
        guard let leftOut else { return }
        field("left_out", leftOut.count)
        field("since", TimeStamp(milliseconds: leftOut.since).description)
    }

    /// What both lines of a request say, so that each can be found by itself.
    fileprivate mutating func writeCommon(_ record: RequestRecord, _ texts: RecordTexts) {
        field("request_id", record.id.description)
        if !texts.tenant.isEmpty { field("tenant", texts.tenant) }
        field("task", record.task.rawValue)
        optional("model_requested", texts.modelRequested)
    }

    fileprivate mutating func writeResponse(_ record: RequestRecord, _ texts: RecordTexts) {
        optional("model_used", texts.modelUsed)
        optional("provider", record.provider)
        switch record.outcome {
        case .answered: field("outcome", "answered")
        case .interrupted: field("outcome", "interrupted")
        case .failed(let category):
            field("outcome", "failed")
            field("error_category", category.rawValue)
        }
        optional("message", texts.message)
        field("latency_ms", Int(record.duration.milliseconds))
        field("attempts", record.trace.upstreamAttempts)
        optional("cache", record.trace.cache?.description)
        if let usage = record.usage {
            key("usage")
            beginObject()
            field("prompt_tokens", usage.prompt)
            field("completion_tokens", usage.completion)
            endObject()
        }
        if let cost = record.cost { field("cost_picodollars", Int(cost)) }
    }

    /// A caller's value, without what its name or its text gives away as a secret.
    fileprivate mutating func redacted(_ value: JSONValue, _ rules: AuditRules, depth: Int) {
        // Deeper than anybody reads.
        guard depth < 16 else { return string(AuditRules.redacted) }
        switch value.kind {
        case .object:
            beginObject()
            for (name, member) in value.members {
                key(rules.text(name))
                if MetadataName.isSecret(name) {
                    string(AuditRules.redacted)
                } else {
                    redacted(member, rules, depth: depth + 1)
                }
            }
            endObject()
        case .array:
            beginArray()
            for element in value.elements { redacted(element, rules, depth: depth + 1) }
            endArray()
        case .string: string(rules.text(value.string ?? ""))
        default: value.raw.count <= AuditRules.maximumCharacters ? raw(value) : string(AuditRules.redacted)
        }
    }
}
