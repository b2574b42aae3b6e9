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
    /// What is used and what is left of the quotas of all models that have one, those among them that no list names.
    public func quotaReport() async -> QuotaReport { await quotaReport(keys: []) }

    /// - Parameter grants: the keys whose limits are told too.
    package func quotaReport(keys grants: [AccessGrant]) async -> QuotaReport {
        await quotaReport(keys: grants) { await $0.account }
    }

    /// What is used of the quotas whose account is known: nobody's keyring is asked for it.
    package func knownQuotaReport() async -> QuotaReport { await quotaReport(keys: []) { $0.knownAccount } }

    /// - Parameter account: whose quota of a provider is used; nil: that cannot be told.
    private func quotaReport(
        keys grants: [AccessGrant],
        _ account: @Sendable (any ModelProvider) async -> String?
    ) async -> QuotaReport {
        let known = await quota?.meters() ?? []
        var plans: [QuotaMeterID: QuotaPlan] = [:]
        var candidates: [(candidate: Candidate, meter: QuotaMeterID)] = []
        for provider in router.providers {
            let listed = provider.models.map { Candidate(provider: provider, model: $0) }
            // Whoever has no quota is not asked for a credential.
            guard listed.contains(where: { $0.plan != nil }) || known.contains(where: { $0.isOf(provider) }),
                let account = await account(provider)
            else { continue }
            let meters = Set(known)
            for candidate in listed {
                let meter = candidate.meter(of: account)
                guard candidate.plan != nil || meters.contains(meter) else { continue }
                candidates.append((candidate, meter))
                plans[meter] = plans[meter] ?? candidate.plan ?? QuotaPlan()
            }
            for (candidate, meter) in unlisted(of: provider, account, among: known) where plans[meter] == nil {
                candidates.append((candidate, meter))
                plans[meter] = candidate.plan ?? QuotaPlan()
            }
        }
        for grant in grants { plans[grant.meter] = grant.plan }
        let standings = plans.isEmpty ? [] : await quota?.standings(of: plans) ?? []
        let byMeter = Dictionary(standings.map { ($0.meter, $0) }) { first, _ in first }
        let rows = candidates.compactMap { candidate, meter -> QuotaReport.Row? in
            // Of a model without a plan there is something to tell when a refusal has taught it.
            guard let standing = byMeter[meter], candidate.plan != nil || !standing.isEmpty else { return nil }
            return QuotaReport.Row(provider: candidate.provider.id, model: candidate.model.id, standing: standing)
        }
        let keys = grants.compactMap { grant in
            byMeter[grant.meter].map { QuotaReport.KeyRow(key: grant.id, standing: $0) }
        }
        return QuotaReport(time: wallClock.millisecondsSinceEpoch, rows: rows, keys: keys)
    }

    /// The models that somebody has asked for by their names, in the order of these.
    private func unlisted(
        of provider: any ModelProvider,
        _ account: String,
        among known: [QuotaMeterID]
    ) -> [(Candidate, QuotaMeterID)] {
        let found = known.compactMap { meter -> (Candidate, QuotaMeterID)? in
            guard let name = meter.wireName(at: provider, account),
                let model = provider.model(ModelID(name), for: .chatCompletion)
                    ?? provider.model(ModelID(name), for: .embedding),
                model.wireName == name
            else { return nil }
            return (Candidate(provider: provider, model: model), meter)
        }
        return Array(found.sorted { $0.1.rawValue < $1.1.rawValue }.prefix(QuotaReport.maximumUnlisted))
    }
}

extension QuotaReport {
    /// Models are named by callers: of one provider no more of those are told.
    static let maximumUnlisted = 100
}

extension QuotaStanding {
    /// Whether there is nothing to tell.
    fileprivate var isEmpty: Bool { lines.isEmpty && concurrent == nil }
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
