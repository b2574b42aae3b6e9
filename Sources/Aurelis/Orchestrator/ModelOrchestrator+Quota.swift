internal import AurelisJSON

extension ModelOrchestrator {
    /// Reserves what an attempt may use, when its model has a quota; waits for it if that passes in time.
    ///
    /// - Returns: nil when nobody counts.
    /// - Throws: `rateLimit`, with the time until there is room; `contextLength` for a request that never has any.
    func reserve(
        _ cost: QuotaCost,
        of candidate: Candidate,
        journey: inout Journey
    ) async throws(ModelError) -> QuotaHold? {
        guard let quota, let demand = await candidate.demand(cost) else { return nil }
        while true {
            let obstacle: QuotaObstacle
            switch await quota.reserve(demand) {
            case .granted(let ticket): return QuotaHold(ticket, in: quota, price: candidate.model.price)
            case .refused(let refusal): obstacle = refusal
            }
            let now = time.now
            let wait = obstacle.wait(at: wallClock.millisecondsSinceEpoch)
            guard let wait, obstacle.passesSoon, journey.admitsTurn(after: wait, at: now) else {
                throw journey.refuse(candidate, .quotaUsed(obstacle, wait: wait))
            }
            journey.deferred(candidate, reason: "\(obstacle), waited")
            do { try await time.sleep(until: now.advanced(by: wait)) } catch { throw .callerGone }
        }
    }

    /// The same candidates, those without room last: nobody waits while another may answer.
    func withRoomFirst(_ candidates: [Candidate], _ cost: QuotaCost, journey: inout Journey) async -> [Candidate] {
        guard let quota, candidates.count > 1 else { return candidates }
        var free: [Candidate] = []
        var full: [(candidate: Candidate, opening: Int64)] = []
        for candidate in candidates {
            if let demand = await candidate.demand(cost), let obstacle = quota.obstacle(to: demand) {
                full.append((candidate, obstacle.opening ?? .max))
                journey.deferred(candidate, reason: "\(obstacle): asked last")
            } else {
                free.append(candidate)
            }
        }
        return free + full.sorted { $0.opening < $1.opening }.map(\.candidate)
    }

    /// Tells the ledger what a refusal says of a limit.
    func learn(from failure: ModelError, of candidate: Candidate) async {
        guard let quota, failure.category == .rateLimit, let limit = failure.limit,
            let (meter, plan) = await candidate.demand(QuotaCost())?.meters.first
        else { return }
        let wait = failure.retryAfter.flatMap { $0 > .zero ? $0 : nil }
        let lesson = QuotaLesson(limit, wait: wait ?? (limit == .concurrency ? .seconds(1) : .seconds(60)))
        quota.learn(lesson, of: meter, under: plan)
    }
}

extension Candidate {
    /// What an attempt counts on; nil when nobody counts.
    func demand(_ cost: QuotaCost) async -> QuotaDemand? {
        guard let plan = model.quota else { return nil }
        // One account is one, whatever a configuration calls its provider.
        let place = provider.address.isEmpty ? provider.id.rawValue : provider.address
        let meter = QuotaMeterID("\(place) \(await provider.account) \(model.wireName)")
        return QuotaDemand([(meter, plan)], cost: cost)
    }
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
            return "\(count) requests at once are under way"
        case .window(let unit, let period, let amount):
            let what = unit == .money ? "money" : unit.rawValue
            guard amount < .max else { return "the \(what) of the \(period.rawValue) are used" }
            let count = unit == .money ? "$\(Double(amount) / 1e12)" : "\(amount) \(what)"
            return opening == nil
                ? "more than the \(count) of a \(period.rawValue)" : "the \(count) of the \(period.rawValue) are used"
        }
    }
}

extension ModelError {
    /// Nothing was sent, because the quota has no room.
    fileprivate static func quotaUsed(_ obstacle: QuotaObstacle, wait: Duration?) -> ModelError {
        guard let wait else {
            return ModelError(.contextLength, "not asked: it needs \(obstacle)", code: "quota_too_small")
        }
        var error = ModelError(.rateLimit, "not asked: \(obstacle), for \(wait.briefly) more", code: "quota_used")
        error.retryAfter = wait
        error.limit =
            switch obstacle.limit {
            case .concurrency: .concurrency
            case .window(_, .minute, _): .minute
            case .window(_, .day, _): .day
            }
        return error
    }
}

extension ModelCall {
    /// What an answer is expected to use: four bytes a token, and as long an answer as is allowed. What it did use is
    /// corrected when it has come.
    var cost: QuotaCost {
        let answer = body["max_completion_tokens"]?.int ?? body["max_tokens"]?.int ?? 0
        return QuotaCost(tokens: Int64(body.bytes.count / 4 + max(0, min(answer, 1_000_000))))
    }
}
