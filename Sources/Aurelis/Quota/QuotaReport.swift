package import AurelisJSON

/// What is used and what is left of every quota that is known.
///
///     for row in await orchestrator.quotaReport().rows {
///         print(row.model, row.standing.lines.map(\.left))
///     }
public struct QuotaReport: Sendable {
    /// One model at one provider.
    public struct Row: Sendable {
        /// Who serves the model.
        public var provider: ProviderID
        /// The model.
        public var model: ModelID
        /// What is used of its limits.
        public var standing: QuotaStanding
    }

    /// One of Aurelis's own keys that has limits.
    public struct KeyRow: Sendable {
        /// Its public name.
        public var key: String
        /// What is used of its limits.
        public var standing: QuotaStanding
    }

    /// When that was, in milliseconds since 1970-01-01 UTC.
    public var time: Int64
    /// In the order of the providers and their models.
    public var rows: [Row]
    /// In the order in which the keys were made.
    public var keys: [KeyRow] = []
}

extension ModelOrchestrator {
    /// What is used and what is left of the quotas of all models that have one.
    public func quotaReport() async -> QuotaReport { await quotaReport(keys: []) }

    /// - Parameter grants: the keys whose limits are told too.
    package func quotaReport(keys grants: [AccessGrant]) async -> QuotaReport {
        var plans: [QuotaMeterID: QuotaPlan] = [:]
        var candidates: [(candidate: Candidate, meter: QuotaMeterID)] = []
        for provider in router.providers {
            for model in provider.models {
                let candidate = Candidate(provider: provider, model: model)
                guard let plan = candidate.plan else { continue }
                let meter = await candidate.meter
                candidates.append((candidate, meter))
                plans[meter] = plans[meter] ?? plan
            }
        }
        for grant in grants { plans[grant.meter] = grant.plan }
        let standings = await quota?.standings(of: plans) ?? []
        let byMeter = Dictionary(standings.map { ($0.meter, $0) }) { first, _ in first }
        let rows = candidates.compactMap { candidate, meter in
            byMeter[meter].map {
                QuotaReport.Row(provider: candidate.provider.id, model: candidate.model.id, standing: $0)
            }
        }
        let keys = grants.compactMap { grant in
            byMeter[grant.meter].map { QuotaReport.KeyRow(key: grant.id, standing: $0) }
        }
        return QuotaReport(time: wallClock.millisecondsSinceEpoch, rows: rows, keys: keys)
    }
}

extension QuotaReport {
    /// Writes the members of an object that has been begun.
    package func writeMembers(to json: inout JSONWriter) {
        json.field("time", TimeStamp(milliseconds: time).description)
        json.key("quotas")
        json.beginArray()
        for row in rows {
            json.beginObject()
            json.field("provider", row.provider.rawValue)
            json.field("model", row.model.canonical)
            row.standing.writeMembers(to: &json)
            json.endObject()
        }
        json.endArray()
        json.key("keys")
        json.beginArray()
        for row in keys {
            json.beginObject()
            json.field("key", row.key)
            row.standing.writeMembers(to: &json)
            json.endObject()
        }
        json.endArray()
    }
}

extension QuotaStanding {
    fileprivate func writeMembers(to json: inout JSONWriter) {
        json.key("limits")
        json.beginArray()
        for line in lines { line.write(to: &json) }
        json.endArray()
        json.field("in_flight", inFlight)
        if let concurrent { json.field("concurrent", concurrent) }
    }
}

extension QuotaStanding.Line {
    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("unit", limit.unit.rawValue)
        json.field("per", limit.period.rawValue)
        // Of a window that only the provider closed nobody knows the size.
        if limit.amount < .max {
            json.field("limit", Int(limit.amount))
            json.field("left", Int(left))
        }
        json.field("used", Int(used))
        if let resets { json.field("resets_at", TimeStamp(milliseconds: resets).description) }
        if let closedUntil { json.field("closed_until", TimeStamp(milliseconds: closedUntil).description) }
        json.field("reset", limit.reset.rawValue)
        json.field("learned", isLearned)
        json.endObject()
    }
}
