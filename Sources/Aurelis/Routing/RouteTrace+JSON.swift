package import AurelisJSON

extension RouteTrace.Candidate {
    /// Writes the members of an object that has been begun.
    package func writeMembers(to json: inout JSONWriter) {
        json.field("model", model.canonical)
        json.optional("provider", provider?.rawValue)
        json.optional("rejection", rejection)
        json.optional("deferral", deferral)
    }
}

extension RouteTrace {
    /// Writes `candidates` and `attempts` into an object that has been begun.
    package func writeMembers(to json: inout JSONWriter) {
        json.key("candidates")
        json.beginArray()
        for candidate in candidates {
            json.beginObject()
            candidate.writeMembers(to: &json)
            json.endObject()
        }
        json.endArray()
        json.key("attempts")
        json.beginArray()
        for attempt in attempts {
            json.beginObject()
            json.field("model", attempt.model.canonical)
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
        json.optional("cache", cache?.description)
        if let age = cache?.age { json.milliseconds("cache_age_ms", age) }
        if waited > .zero { json.milliseconds("waited_ms", waited) }
        if let clampedTokens { json.field("clamped_max_tokens", clampedTokens) }
        if let quotaLeft { json.field("quota_left", quotaLeft.description) }
        writeFindings(to: &json)
    }

    init(reading value: JSONValue) {
        self.init()
        cache = value["cache"]?.string.flatMap { text in
            CacheStatus(text, age: value.milliseconds("cache_age_ms") ?? .zero)
        }
        waited = value.milliseconds("waited_ms") ?? .zero
        clampedTokens = value["clamped_max_tokens"]?.int
        quotaLeft = value["quota_left"]?.string.flatMap(QuotaLeft.init(_:))
        findings = SecretNotice.list(reading: value["findings"])
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
    mutating func optional(_ name: String, _ value: String?) {
        if let value { field(name, value) }
    }

    /// Milliseconds with their microseconds.
    mutating func milliseconds(_ name: String, _ duration: Duration) {
        field(name, Double(duration.microseconds) / 1_000)
    }
}

extension JSONValue {
    func milliseconds(_ name: String) -> Duration? {
        self[name]?.double.map { .microseconds(Int64(($0 * 1_000).rounded())) }
    }
}
