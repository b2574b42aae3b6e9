internal import Aurelis
internal import AurelisTransport
internal import Synchronization

/// What a provider's answers say of its limits, model by model: how much is left of the tightest, and how large they are.
///
///     watch.learn(from: response.headers, for: "gpt-4o")
///     watch.headroom(for: "gpt-4o")       // 0.02: nearly used up; nil: nothing was said of late
///     watch.plan(of: "gpt-4o")            // 500 requests a minute
final class LimitWatch: Sendable {
    private struct Reading {
        var share: Double?
        var plan = QuotaPlan()
        /// Until when the share counts, and the plan.
        var expiry: ContinuousClock.Instant
        var planExpiry: ContinuousClock.Instant
    }

    private let readings = Mutex<[String: Reading]>([:])
    private let reads: Bool
    private let periods: [QuotaLimit.Unit: QuotaLimit.Period]
    private let time: any TimeSource

    /// Models are named by callers, so there is no end of them.
    static let maximumModels = 256
    private static let maximumNameBytes = 256
    /// Limits of a minute are the shortest. Whoever avoids a model that had little left has to ask again to learn that
    /// it has more, so what was said counts no longer than that.
    static let lifetime: Duration = .seconds(60)
    /// A limit is seldom changed; an account that has got another is not held to the old one for long.
    static let planLifetime: Duration = .seconds(3_600)

    /// - Parameters:
    ///   - reads: whether the headers of answers tell the limits of whoever asks.
    ///   - periods: in which time those limits hold; of what is not among them only the share that is left is known.
    init(
        reads: Bool = true,
        periods: [QuotaLimit.Unit: QuotaLimit.Period] = [:],
        time: any TimeSource = SystemTimeSource()
    ) {
        self.reads = reads
        self.periods = periods
        self.time = time
    }

    /// Notes what an answer says of limits. One that says nothing costs a pass over its fields and no more.
    func learn(from headers: HTTPHeaderList, for wireName: String) {
        guard reads, let limits = Limits(headers) else { return }
        var told: [QuotaLimit] = []
        for (unit, period) in periods {
            let total = unit == .requests ? limits.requests.total : unit == .tokens ? limits.tokens.total : nil
            if let total, total > 0 { told.append(QuotaLimit(unit, per: period, Int64(total))) }
        }
        note(wireName, share: limits.share, told)
    }

    /// Notes the limit that a refusal names.
    func learn(from refusal: ModelError, of wireName: String) {
        guard refusal.category == .rateLimit, let (amount, unit) = refusal.limitAmount, amount > 0 else { return }
        switch refusal.limit {
        case .minute: note(wireName, share: nil, [QuotaLimit(unit, per: .minute, amount)])
        case .day: note(wireName, share: nil, [QuotaLimit(unit, per: .day, amount)])
        case .concurrency, nil: break
        }
    }

    private func note(_ wireName: String, share: Double?, _ told: [QuotaLimit]) {
        guard share != nil || !told.isEmpty, wireName.utf8.count <= Self.maximumNameBytes else { return }
        let now = time.now
        readings.withLock { readings in
            if readings.count >= Self.maximumModels, readings[wireName] == nil { Self.makeRoom(in: &readings, now) }
            var reading = readings[wireName] ?? Reading(expiry: now, planExpiry: now)
            if let share {
                reading.share = share
                reading.expiry = now + Self.lifetime
            }
            if !told.isEmpty {
                reading.plan.limits.removeAll { old in told.contains { $0.unit == old.unit && $0.period == old.period }
                }
                reading.plan.limits += told
                reading.planExpiry = now + Self.planLifetime
            }
            readings[wireName] = reading
        }
    }

    /// The share that is left, 0 to 1; nil: unknown.
    func headroom(for wireName: String) -> Double? {
        guard let reading = readings.withLock({ $0[wireName] }), time.now < reading.expiry else { return nil }
        return reading.share
    }

    /// The limits that are known; nil: none.
    func plan(of wireName: String) -> QuotaPlan? {
        guard let reading = readings.withLock({ $0.isEmpty ? nil : $0[wireName] }), !reading.plan.isEmpty,
            time.now < reading.planExpiry
        else { return nil }
        return reading.plan
    }

    private static func makeRoom(in readings: inout [String: Reading], _ now: ContinuousClock.Instant) {
        readings = readings.filter { now < max($0.value.expiry, $0.value.planExpiry) }
        guard readings.count >= maximumModels else { return }
        guard let oldest = readings.min(by: { $0.value.expiry < $1.value.expiry }) else { return }
        readings[oldest.key] = nil
    }

    /// What is left of the tightest limit in these fields, 0 to 1; nil when no limit is told whole.
    static func share(in headers: HTTPHeaderList) -> Double? { Limits(headers)?.share }

    /// What the fields of one answer say.
    private struct Limits {
        var requests = Limit()
        var tokens = Limit()

        /// nil: nothing.
        init?(_ headers: HTTPHeaderList) {
            for (name, value) in headers {
                // The length tells nearly all other fields apart without looking at their letters.
                switch name.utf8.count {
                case 24 where name.equalsIgnoringCase("x-ratelimit-limit-tokens"): tokens.total = count(value)
                case 26 where name.equalsIgnoringCase("x-ratelimit-limit-requests"): requests.total = count(value)
                case 28 where name.equalsIgnoringCase("x-ratelimit-remaining-tokens"): tokens.remaining = count(value)
                case 30 where name.equalsIgnoringCase("x-ratelimit-remaining-requests"):
                    requests.remaining = count(value)
                default: break
                }
            }
            if requests.total == nil, tokens.total == nil { return nil }
        }

        var share: Double? {
            guard let one = requests.share else { return tokens.share }
            return min(one, tokens.share ?? 1)
        }
    }

    private static func count(_ text: String) -> Int? {
        let digits = text.trimmed.utf8
        // Not `Int(_:)`, and no limit has more digits: this is done for every answer of some providers.
        guard (1...15) ~= digits.count else { return nil }
        var count = 0
        for digit in digits {
            guard ASCII.isDigit(digit) else { return nil }
            count = count * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return count
    }

    private struct Limit {
        var total: Int?
        var remaining: Int?

        var share: Double? {
            guard let total, let remaining, total > 0 else { return nil }
            return min(Double(remaining) / Double(total), 1)
        }
    }
}
