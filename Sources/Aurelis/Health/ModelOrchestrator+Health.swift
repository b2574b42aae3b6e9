extension ModelOrchestrator {
    /// The providers, the preferred one first, each with why it cannot be asked at all.
    package var outages: [(id: ProviderID, outage: String?)] {
        router.providers.map { ($0.id, $0.outage?.message) }
    }

    /// What is used of the quotas whose account is known: nobody's keyring is asked for it.
    package func knownQuotaReport() async -> QuotaReport {
        var plans: [QuotaMeterID: QuotaPlan] = [:]
        var known: [(candidate: Candidate, meter: QuotaMeterID)] = []
        for provider in router.providers {
            for model in provider.models {
                let candidate = Candidate(provider: provider, model: model)
                guard let plan = candidate.plan, let meter = candidate.knownMeter else { continue }
                known.append((candidate, meter))
                plans[meter] = plans[meter] ?? plan
            }
        }
        let standings = plans.isEmpty ? [] : await quota?.standings(of: plans) ?? []
        let byMeter = Dictionary(standings.map { ($0.meter, $0) }) { first, _ in first }
        let rows = known.compactMap { candidate, meter in
            byMeter[meter].map {
                QuotaReport.Row(provider: candidate.provider.id, model: candidate.model.id, standing: $0)
            }
        }
        return QuotaReport(time: wallClock.millisecondsSinceEpoch, rows: rows)
    }
}
