/// The quotas of every account: who may ask now, and if not, why and for how long.
///
/// A window is fixed: it opens with the first request that is counted and lasts its full length, then the next
/// request opens another. A refused request counts nowhere. Of several exhausted limits the longest wait is told:
/// day, minute, then concurrency.
struct QuotaStateMachine: Sendable {
    /// An account's use of one model.
    struct Key: Sendable, Hashable {
        var account: UInt64
        var model: ModelCatalog.Index
    }

    /// An admitted request; it occupies a concurrent slot until it is released.
    struct Lease: Sendable, Hashable {
        fileprivate var key: Key
        fileprivate var generation: Int
    }

    enum Decision: Sendable, Hashable {
        case admitted(Lease)
        case refused(QuotaRefusal)
    }

    struct Usage: Sendable, Hashable {
        var key: Key
        var limits: RequestLimits
        var minute: Int
        var day: Int
        var concurrent: Int
        /// When the windows end, from now; nil when none is open.
        var minuteResetsIn: Duration?
        var dayResetsIn: Duration?
    }

    private struct Window: Sendable {
        var start = SimulatorInstant.start
        var count = 0

        func isOpen(at now: SimulatorInstant, length: Duration) -> Bool {
            count > 0 && now < start.advanced(by: length)
        }

        mutating func count(at now: SimulatorInstant, length: Duration) {
            if !isOpen(at: now, length: length) { self = Window(start: now, count: 0) }
            count += 1
        }

        func used(at now: SimulatorInstant, length: Duration) -> Int { isOpen(at: now, length: length) ? count : 0 }

        func resetsIn(at now: SimulatorInstant, length: Duration) -> Duration? {
            isOpen(at: now, length: length) ? now.duration(to: start.advanced(by: length)) : nil
        }
    }

    private struct Account: Sendable {
        var limits: RequestLimits
        var minute = Window()
        var day = Window()
        var concurrent = 0

        func isIdle(at now: SimulatorInstant) -> Bool {
            concurrent == 0 && !day.isOpen(at: now, length: .day) && !minute.isOpen(at: now, length: .minute)
        }
    }

    private let maximumEntries: Int
    private let perMinuteOverAll: Int?
    private var accounts: [Key: Account] = [:]
    private var overAll: [UInt64: Window] = [:]
    private var generation = 0

    /// - Parameter perMinuteOverAll: how many requests an account may make in a minute over all models; nil: any number.
    init(perMinuteOverAll: Int? = nil, maximumEntries: Int = 10_000) {
        self.perMinuteOverAll = perMinuteOverAll
        self.maximumEntries = maximumEntries
    }

    /// Admits or refuses a request.
    mutating func admit(_ key: Key, limits: RequestLimits, at now: SimulatorInstant) -> Decision {
        makeRoom(for: key, at: now)
        var account = accounts[key] ?? Account(limits: limits)
        account.limits = limits
        if let refusal = refusal(of: account, key, at: now) {
            return .refused(refusal)
        }
        account.minute.count(at: now, length: .minute)
        account.day.count(at: now, length: .day)
        account.concurrent += 1
        accounts[key] = account
        if perMinuteOverAll != nil { overAll[key.account, default: Window()].count(at: now, length: .minute) }
        return .admitted(Lease(key: key, generation: generation))
    }

    private func refusal(of account: Account, _ key: Key, at now: SimulatorInstant) -> QuotaRefusal? {
        let limits = account.limits
        if account.day.used(at: now, length: .day) >= limits.perDay {
            return .byDay(limit: limits.perDay, wait: account.day.resetsIn(at: now, length: .day) ?? .zero)
        }
        if account.minute.used(at: now, length: .minute) >= limits.perMinute {
            return .byMinute(limit: limits.perMinute, wait: account.minute.resetsIn(at: now, length: .minute) ?? .zero)
        }
        if let limit = perMinuteOverAll, let window = overAll[key.account],
            window.used(at: now, length: .minute) >= limit
        {
            return .byMinuteOverAll(limit: limit, wait: window.resetsIn(at: now, length: .minute) ?? .zero)
        }
        return account.concurrent >= limits.concurrent ? .concurrent(limit: limits.concurrent) : nil
    }

    /// Frees a concurrent slot. A lease from before a reset frees nothing.
    mutating func release(_ lease: Lease) {
        guard lease.generation == generation, let count = accounts[lease.key]?.concurrent, count > 0 else { return }
        accounts[lease.key]?.concurrent = count - 1
    }

    /// Forgets everything.
    mutating func reset() {
        accounts = [:]
        overAll = [:]
        generation += 1
    }

    /// Every account that has used something, in a stable order.
    func usage(at now: SimulatorInstant) -> [Usage] {
        let rows = accounts.map { key, account in
            Usage(
                key: key,
                limits: account.limits,
                minute: account.minute.used(at: now, length: .minute),
                day: account.day.used(at: now, length: .day),
                concurrent: account.concurrent,
                minuteResetsIn: account.minute.resetsIn(at: now, length: .minute),
                dayResetsIn: account.day.resetsIn(at: now, length: .day)
            )
        }
        return rows.sorted { ($0.key.account, $0.key.model) < ($1.key.account, $1.key.model) }
    }

    /// Keeps the table bounded: what has expired goes first, then any account without a request on its way.
    private mutating func makeRoom(for key: Key, at now: SimulatorInstant) {
        guard accounts.count >= maximumEntries, accounts[key] == nil else { return }
        accounts = accounts.filter { !$0.value.isIdle(at: now) }
        overAll = overAll.filter { $0.value.isOpen(at: now, length: .minute) }
        if accounts.count >= maximumEntries, let victim = accounts.first(where: { $0.value.concurrent == 0 })?.key {
            accounts[victim] = nil
        }
    }
}

extension Duration {
    fileprivate static let minute = Duration.seconds(60)
    fileprivate static let day = Duration.seconds(86_400)
}
