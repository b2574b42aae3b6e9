internal import AurelisJSON

extension ModelOrchestrator {
    /// Reserves what an attempt may use, when its model has a quota; waits its turn for it, if there is the time.
    ///
    /// - Returns: nil when nobody counts.
    /// - Throws: `rateLimit`, with the time until there is room; `contextLength` for a request that never has any;
    ///   `overloaded` when too many wait already.
    func reserve(
        _ call: ModelCall,
        of candidate: Candidate,
        journey: inout Journey
    ) async throws(ModelError) -> QuotaHold? {
        // What is left of another's is no longer what the answer tells.
        journey.recordQuota(nil)
        guard let quota, var demand = await demand(of: call, on: candidate) else { return nil }
        // Most requests need nobody's consent, and no place in a queue.
        if turns.isIdle, let ticket = quota.reserveAtOnce(demand) {
            journey.recordQuota(ticket.left)
            return QuotaHold(ticket, of: candidate, counting: demand, since: time.now, in: quota, turns)
        }
        var waiting = QuotaWaiting(since: time.now)
        var isServed = false
        defer { if let place = waiting.place { turns.leave(place, served: isServed) } }
        while true {
            // Nobody overtakes those who came before.
            (demand.line, demand.ahead) = turns.line(of: call, for: demand, at: waiting.place)
            let obstacle: QuotaObstacle?
            if demand.ahead > 0 {
                obstacle = quota.obstacle(to: demand)
            } else {
                switch await quota.reserve(demand) {
                case .granted(let ticket):
                    isServed = true
                    waiting.end(at: time.now, of: call, for: candidate, journey: &journey)
                    journey.recordQuota(ticket.left)
                    return QuotaHold(ticket, of: candidate, counting: demand, since: time.now, in: quota, turns)
                case .refused(let refusal):
                    obstacle = refusal
                    // It waits where there is no room: who waits for a key's own limit is in nobody else's way.
                    demand.line = refusal.meter
                }
            }
            guard let line = demand.line ?? demand.meters.first?.id else { return nil }
            try await wait(&waiting, for: obstacle, after: demand.ahead, call, of: candidate, line, journey: &journey)
        }
    }

    /// Sleeps until it may be the request's turn, or an obstacle may have gone.
    ///
    /// - Throws: why it is not worth waiting.
    private func wait(
        _ waiting: inout QuotaWaiting,
        for obstacle: QuotaObstacle?,
        after others: Int,
        _ call: ModelCall,
        of candidate: Candidate,
        _ meter: QuotaMeterID,
        journey: inout Journey
    ) async throws(ModelError) {
        if Task.isCancelled { throw .callerGone }
        let now = time.now
        let wait = obstacle?.wait(at: wallClock.millisecondsSinceEpoch)
        if let obstacle {
            let isWorthIt = obstacle.passesSoon || journey.patience > .zero
            guard let least = wait, isWorthIt, journey.admitsTurn(after: least, at: now) else {
                throw journey.refuse(candidate, .quotaUsed(obstacle, wait: wait))
            }
        } else if !journey.admitsTurn(after: .milliseconds(1), at: now) {
            throw journey.refuse(candidate, .turnTooLate(after: others, on: meter))
        }
        if let place = waiting.place, place.meter != meter {
            turns.leave(place, served: false)
            waiting.place = nil
        }
        if waiting.place == nil {
            guard let place = turns.join(call, on: meter) else {
                throw journey.refuse(candidate, .queueFull(configuration.quotaQueue, wait: wait, on: meter))
            }
            waiting.place = place
        }
        waiting.obstacle = obstacle ?? waiting.obstacle
        if let onWait = call.onWait {
            let expected = expected(obstacle, after: others, call, of: candidate, at: now)
            waiting.tell(onWait, of: candidate, expected, after: others, at: now)
        }
        guard let place = waiting.place else { return }
        let pause = min(wait ?? QuotaWaiting.interval, QuotaWaiting.interval, journey.turnPatience(at: now))
        await turns.sleep(at: place, until: now.advanced(by: pause), time: time)
    }

    /// How long a request will probably wait; nil: nobody knows.
    private func expected(
        _ obstacle: QuotaObstacle?,
        after others: Int,
        _ call: ModelCall,
        of candidate: Candidate,
        at now: ContinuousClock.Instant
    ) -> Duration? {
        guard let obstacle else { return nil }
        guard case .concurrency(let places) = obstacle.limit else {
            return obstacle.wait(at: wallClock.millisecondsSinceEpoch)
        }
        let seconds = health.expectedSeconds(on: candidate.route, stream: call.stream, at: now)
        guard let seconds, seconds.isFinite else { return nil }
        return .seconds(seconds * Double(others / max(1, places) + 1))
    }

    /// The same candidates, those without room last: nobody waits while another may answer.
    func withRoomFirst(_ candidates: [Candidate], _ call: ModelCall, journey: inout Journey) async -> [Candidate] {
        guard let quota, candidates.count > 1 else { return candidates }
        var free: [Candidate] = []
        var full: [(candidate: Candidate, opening: Int64)] = []
        for candidate in candidates {
            // What a key has used up, it has used up for all of them.
            guard var demand = await demand(of: call, on: candidate, of: nil), let meter = demand.meters.first?.id
            else {
                free.append(candidate)
                continue
            }
            demand.ahead = turns.ahead(of: call, on: meter)
            if let obstacle = quota.obstacle(to: demand) {
                full.append((candidate, obstacle.opening ?? .max))
                journey.deferred(candidate, reason: "\(obstacle): asked last")
            } else {
                free.append(candidate)
            }
        }
        return free + full.sorted { $0.opening < $1.opening }.map(\.candidate)
    }

    /// What an attempt counts on; nil when nobody counts.
    func demand(of call: ModelCall, on candidate: Candidate) async -> QuotaDemand? {
        await demand(of: call, on: candidate, of: call.grant)
    }

    /// - Parameter grant: the key whose own limits count too; nil: nobody's.
    private func demand(
        of call: ModelCall,
        on candidate: Candidate,
        of grant: AccessGrant?
    ) async -> QuotaDemand? {
        var meters: [(id: QuotaMeterID, plan: QuotaPlan)] = []
        if let plan = candidate.plan { meters.append((await candidate.meter, plan)) }
        if let grant, let plan = grant.plan { meters.append((grant.meter, plan)) }
        guard !meters.isEmpty else { return nil }
        var demand = QuotaDemand(meters)
        demand.cost = cost(of: call, on: candidate, for: demand)
        if call.priority == .batch { demand.keeps = configuration.interactiveShare }
        return demand
    }

    /// What an answer is expected to use: the prompt, and as long an answer as is allowed. What it did use is corrected
    /// when it has come.
    private func cost(of call: ModelCall, on candidate: Candidate, for demand: QuotaDemand) -> QuotaCost {
        guard demand.countsUse else { return QuotaCost() }
        let prompt = PromptTokens(of: call.body, by: router.tokenizers[candidate.model.id]).estimate.typical
        let use = TokenUsage(prompt: prompt, completion: call.answerTokens ?? 0)
        return QuotaCost(tokens: Int64(use.total), money: candidate.model.price?.cost(of: use) ?? 0)
    }

    /// Tells the ledger what a refusal says of a limit.
    func learn(from failure: ModelError, of candidate: Candidate, journey: inout Journey) async {
        guard let quota, failure.category == .rateLimit, let limit = failure.limit,
            let plan = candidate.plan
        else { return }
        let meter = await candidate.meter
        let wait = failure.retryAfter.flatMap { $0 > .zero ? $0 : nil }
        let (amount, unit) = failure.limitAmount.map { ($0.amount, $0.unit) } ?? (nil, .requests)
        let lesson = QuotaLesson(
            limit,
            amount: amount,
            of: unit,
            wait: wait ?? (limit == .concurrency ? .seconds(1) : .seconds(60))
        )
        quota.learn(lesson, of: meter, under: plan)
        journey.learnQuota(lesson)
    }
}

extension Candidate {
    /// What its quota allows; nil: nobody knows of one.
    var plan: QuotaPlan? { model.quota ?? provider.told(of: model) }

    /// What its use is counted on: one account is one, whatever a configuration calls its provider.
    var meter: QuotaMeterID {
        get async {
            guard let account = provider.knownAccount else { return meter(of: await provider.account) }
            return meter(of: account)
        }
    }

    func meter(of account: String) -> QuotaMeterID {
        var name = provider.meterAddress
        // Once a request: by interpolation it would take a microsecond.
        name.reserveCapacity(name.utf8.count + account.utf8.count + model.wireName.utf8.count + 2)
        name += " "
        name += account
        name += " "
        name += model.wireName
        return QuotaMeterID(name)
    }
}

extension QuotaMeterID {
    /// Whether it may be that of a model of a provider.
    func isOf(_ provider: any ModelProvider) -> Bool { rawValue.hasPrefix(provider.meterAddress + " ") }

    /// The model's name on the wire, if it is that of a model of a provider.
    func wireName(at provider: any ModelProvider, _ account: String) -> String? {
        let prefix = "\(provider.meterAddress) \(account) "
        guard rawValue.hasPrefix(prefix), rawValue.utf8.count > prefix.utf8.count else { return nil }
        return String(rawValue.dropFirst(prefix.count))
    }
}

extension ModelProvider {
    /// With which the names of its meters begin.
    fileprivate var meterAddress: String { address.isEmpty ? id.rawValue : address }
}

extension QuotaObstacle {
    /// How long there is no room; nil: for ever. A slot among those at once may become free at any time.
    func wait(at now: Int64) -> Duration? {
        guard let opening else { return nil }
        let wait = Duration.milliseconds(max(1, opening - now))
        if case .concurrency = limit { return min(wait, .milliseconds(50)) }
        return wait
    }
}

extension QuotaObstacle: CustomStringConvertible {
    /// `the 50 requests of the day are used`
    public var description: String {
        switch limit {
        case .concurrency(let count):
            return "\(count) requests at once\(meter.key.map { " of the key \($0)" } ?? "") are under way"
        case .window(let unit, let period, let amount):
            let what = unit == .money ? "money" : unit.rawValue
            let whose = meter.key.map { " of the key \($0)" } ?? ""
            guard amount < .max else { return "the \(what) of the \(period.rawValue)\(whose) are used" }
            let count = unit == .money ? Dollars.text(amount) : "\(amount) \(what)"
            return opening == nil
                ? "more than the \(count) of a \(period.rawValue)\(whose)"
                : "the \(count) of the \(period.rawValue)\(whose) are used"
        }
    }
}

extension ModelError {
    /// Nothing was sent, because others go first and there is no time for that.
    fileprivate static func turnTooLate(after others: Int, on meter: QuotaMeterID) -> ModelError {
        var error = ModelError(.rateLimit, "not asked: \(others) requests wait before it", code: "quota_used")
        error.retryAfter = .seconds(1)
        error.key = meter.key
        return error
    }

    /// Nothing was sent, and nobody more may wait.
    fileprivate static func queueFull(_ limit: Int, wait: Duration?, on meter: QuotaMeterID) -> ModelError {
        var error = ModelError(
            .overloaded,
            "not asked: \(limit) requests already wait for this model's quota",
            code: "quota_queue_full",
            hint: "send fewer at once, or raise `quota.queue`"
        )
        error.retryAfter = wait.map { max($0, .seconds(1)) } ?? .seconds(1)
        error.key = meter.key
        return error
    }

    /// Nothing was sent, because the quota has no room.
    fileprivate static func quotaUsed(_ obstacle: QuotaObstacle, wait: Duration?) -> ModelError {
        let key = obstacle.meter.key
        guard let wait else {
            // No model with a larger window helps against the limit of a key.
            var error = ModelError(
                key == nil ? .contextLength : .quota,
                "not asked: it needs \(obstacle)",
                code: "quota_too_small"
            )
            error.key = key
            return error
        }
        let code = key == nil ? "quota_used" : "key_limit_reached"
        var error = ModelError(.rateLimit, "not asked: \(obstacle), for \(wait.briefly) more", code: code)
        error.retryAfter = wait
        error.key = key
        error.limit =
            switch obstacle.limit {
            case .concurrency: .concurrency
            case .window(_, .minute, _): .minute
            case .window(_, .day, _): .day
            }
        return error
    }
}
