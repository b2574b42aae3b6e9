extension HealthReadings {
    /// Evidence against a provider that is older than this says nothing about now.
    private static let freshness: Duration = .seconds(900)
    /// With less than this on the disk something should be done…
    private static let lowSpace: Int64 = 500 << 20
    /// …and with less than this it will soon be too late.
    private static let noSpace: Int64 = 20 << 20
    /// Up to this share of a day's quota is little.
    private static let littleQuota = 0.1

    /// One look at everything.
    package func observations(at now: ContinuousClock.Instant) -> [HealthObservation] {
        models + standing("authentication", at: now) + standing("network", at: now) + cache + auditing + storing
            + quotas
    }

    private var models: [HealthObservation] {
        let configured = Set(providers.map(\.id))
        let ended = providers.compactMap { provider in
            provider.outage.map {
                HealthObservation(.init(.models, "*@\(provider.id)"), .unhealthy, HealthText.line($0))
            }
        }
        return ended
            + routes.filter { configured.contains($0.route.provider) }.map { status in
                var facts = HealthFacts()
                facts.successRate = status.successRate
                let failure = failures[status.route]
                facts.lastFailure = failure?.time
                facts.lastFailureReason = failure?.reason
                let (state, reason) = status.look
                let told = state.isTrouble ? [reason, failure?.reason].compactMap(\.self).joined(separator: ", ") : nil
                return HealthObservation(.init(.models, "\(status.route)"), state, told, facts: facts)
            }
    }

    private func standing(_ what: String, at now: ContinuousClock.Instant) -> [HealthObservation] {
        providers.map { provider in
            let known = evidence[provider.id] ?? ProviderEvidence()
            let isFresh = { (finding: ProviderEvidence.Finding?) in
                finding.flatMap { $0.at.duration(to: now) < Self.freshness ? $0 : nil }
            }
            let isHeard = known.heard.map { $0.duration(to: now) < Self.freshness } ?? false
            // Whoever answers takes the credential and can be reached; that costs nobody a note.
            let works = isHeard || routes.contains { $0.route.provider == provider.id && ($0.successRate ?? 0) > 0 }
            if what == "network" {
                let subject = HealthSubject(.network, provider.id.rawValue)
                if let found = isFresh(known.disconnection) { return .init(subject, .unhealthy, found.reason) }
                return .init(subject, works ? .healthy : .unknown)
            }
            let subject = HealthSubject(.authentication, provider.id.rawValue)
            if let found = isFresh(known.refusal) { return .init(subject, .unhealthy, found.reason) }
            if let found = isFresh(known.restriction) { return .init(subject, .degraded, found.reason) }
            return .init(subject, works && known.disconnection == nil ? .healthy : .unknown)
        }
    }

    private var cache: [HealthObservation] {
        layers.map { .init(.init(.cache, $0.name), $0.state, $0.reason.map(HealthText.line)) }
    }

    private var auditing: [HealthObservation] {
        guard let audit else { return [] }
        let subject = HealthSubject(.audit, "log")
        guard let failure = audit.failure else { return [.init(subject, .healthy)] }
        let effect = audit.blocks ? "nothing is answered" : "entries may be lost"
        return [.init(subject, audit.blocks ? .unhealthy : .degraded, "\(HealthText.line(failure)); \(effect)")]
    }

    private var storing: [HealthObservation] {
        guard let storage else { return [] }
        let writing = HealthSubject(.storage, "data directory")
        let space = HealthSubject(.storage, "disk space")
        var looks: [HealthObservation] = [
            .init(writing, storage.failure == nil ? .healthy : .unhealthy, storage.failure.map(HealthText.line))
        ]
        if let free = storage.free {
            let state: HealthState = free < Self.noSpace ? .unhealthy : free < Self.lowSpace ? .degraded : .healthy
            looks.append(.init(space, state, state.isTrouble ? "\(free >> 20) MB are free" : nil))
        }
        return looks
    }

    /// Only days: a minute's quota is back before anybody has read of it.
    private var quotas: [HealthObservation] {
        (quota?.rows ?? []).compactMap { row in
            let days = row.standing.lines.filter { $0.limit.period == .day && $0.limit.amount > 0 }
            guard let tightest = days.min(by: { $0.share < $1.share }) else { return nil }
            let subject = HealthSubject(.quota, "\(row.model.canonical)@\(row.provider)")
            let unit = tightest.limit.unit == .money ? "money" : tightest.limit.unit.rawValue
            if tightest.left == 0 { return .init(subject, .unhealthy, "the \(unit) of the day are used") }
            guard tightest.share <= Self.littleQuota else { return .init(subject, .healthy) }
            let percent = Int((tightest.share * 100).rounded(.up))
            return .init(subject, .degraded, "\(percent) % of the day's \(unit) are left")
        }
    }
}

extension QuotaStanding.Line {
    /// What is left, 0 to 1.
    fileprivate var share: Double {
        limit.amount < .max ? Double(left) / Double(limit.amount) : left == 0 ? 0 : 1
    }
}

extension RouteStatus {
    /// What it says of the route. A circuit that is to be tried again says nothing: nobody has.
    fileprivate var look: (HealthState, String?) {
        if let pausedFor, pauseCause == .retired { return (.unhealthy, "retired, asked again in \(pausedFor.briefly)") }
        switch circuit {
        case .open: return (.unhealthy, "its circuit is open for \((opensIn ?? .zero).briefly) more")
        case .halfOpen: return (.unknown, nil)
        case .closed: break
        }
        if let pausedFor { return (.degraded, "it wants no request for \(pausedFor.briefly)") }
        guard let successRate else { return (.unknown, nil) }
        // After an outage that is over its failures still count for a while.
        guard successRate >= (failures == 0 ? 0.25 : 0.5) else {
            return (.degraded, "\(Int(successRate * 100)) % of recent attempts were answered")
        }
        return (.healthy, nil)
    }
}
