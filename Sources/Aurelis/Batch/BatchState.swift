/// Which items of a batch are asked, wait, or have a result: decides, and does nothing itself.
///
///     switch state.admit(facts, at: now) { case .ask: … }
///     switch state.end(number, with: .finished, at: now) { case .settles(let followers): … }
///     state.written([number] + followers)
///
/// It knows items by their numbers and holds neither requests nor answers. An item keeps its place among those in flight
/// until its result is safe, so that a process that is killed loses no more answers than it had requests in flight.
struct BatchState: Sendable {
    /// A model that wants no requests for now.
    struct Refusal: Sendable {
        var since: ContinuousClock.Instant
        var until: ContinuousClock.Instant?
        /// How many had been asked by then: an answer to one of those says nothing of what comes after.
        var asked: Int
    }

    /// An item that has no result yet.
    struct Open: Sendable {
        var facts: Facts
        var attempts = 0
        /// Which it is of those that were asked, in their order.
        var asked = 0
        /// From when on it may be asked; nil while it is asked or is to be written.
        var parkedUntil: ContinuousClock.Instant?
        /// Equal items, which wait for it.
        var followers: [Int] = []
    }

    let limits: Limits
    /// When the batch ends.
    let deadline: ContinuousClock.Instant?
    /// How long a model that refuses is waited for.
    let patience: Duration
    private(set) var progress: BatchProgress
    private(set) var isClosed = false

    private var settledBefore: BatchSettled
    private var names: [String: Int] = [:]
    /// The item that is asked, or has a result, for each key.
    private var leaders: [BatchKey: Leader] = [:]
    private var open: [Int: Open] = [:]
    /// Those of them that have a place in flight.
    private var flying: Set<Int> = []
    /// How often somebody was asked.
    private var asked = 0
    private var parked: Set<Int> = []
    private var parkedBytes = 0
    private var following = 0
    /// Results that are not safe yet, with what they count as.
    private var unwritten: [Int: Weight] = [:]
    private var refusals: [Lane: Refusal] = [:]

    /// An item whose result others share.
    private struct Leader: Sendable {
        var number: Int
        var isAnswered: Bool
    }

    /// What a result adds to the progress.
    private struct Weight: Sendable {
        var isAnswered: Bool
        var isCached = false
        var isCoalesced = false
    }

    /// - Parameter settled: the items that an earlier run has settled.
    init(
        limits: Limits = Limits(),
        settled: BatchSettled = BatchSettled(),
        total: Int? = nil,
        deadline: ContinuousClock.Instant? = nil,
        patience: Duration = .seconds(300)
    ) {
        self.limits = limits
        self.deadline = deadline
        self.patience = patience
        settledBefore = settled
        leaders = settled.answers.mapValues { Leader(number: $0, isAnswered: true) }
        progress = BatchProgress(total: total)
        progress.answered = settled.answered.count
        progress.failed = settled.failed.count
        progress.restored = progress.done
    }

    /// Whether another item may be admitted: there is a place for it, whatever it turns out to be.
    var wantsMore: Bool {
        guard unwritten.count < limits.unwritten, following < limits.following else { return false }
        return isClosed
            || (flying.count < limits.inFlight && parked.count < limits.parked && parkedBytes < limits.parkedBytes)
    }

    /// Whether nothing is under way and nothing waits to be asked or written.
    var isIdle: Bool { flying.isEmpty && parked.isEmpty && unwritten.isEmpty }

    /// Whether anything is asked or waits to be written.
    var isBusy: Bool { !flying.isEmpty || !unwritten.isEmpty }

    /// When the first of the parked items may be asked.
    var nextWake: ContinuousClock.Instant? { parked.compactMap { open[$0]?.parkedUntil }.min() }

    /// When the first of the models that refuse may be asked again.
    func refusalsEnd(after now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        refusals.values.compactMap(\.until).filter { $0 > now }.min()
    }

    /// What an item has in common with those that are equal to it.
    func key(of number: Int) -> BatchKey? { open[number]?.facts.key }

    /// How often an item was asked.
    func attempts(of number: Int) -> Int { open[number]?.attempts ?? 0 }
}

extension BatchState {
    /// Takes the next item of the input.
    mutating func admit(_ facts: Facts, at now: ContinuousClock.Instant) -> Admission {
        if let name = facts.customID {
            if let first = names[name] {
                guard !settledBefore.failed.contains(facts.number) else { return .settled }
                return result(of: facts.number, .duplicateName(of: first))
            }
            names[name] = facts.number
        }
        let isAnswered = settledBefore.answered.contains(facts.number)
        if isAnswered || settledBefore.failed.contains(facts.number) {
            if let key = facts.key, leaders[key] == nil {
                leaders[key] = Leader(number: facts.number, isAnswered: isAnswered)
            }
            return .settled
        }
        guard facts.isValid else { return result(of: facts.number, .refuse) }
        if let key = facts.key, let leader = leaders[key] {
            guard open[leader.number] != nil else {
                let weight = Weight(isAnswered: leader.isAnswered, isCoalesced: true)
                return result(of: facts.number, .copy(of: leader.number), weight)
            }
            open[leader.number]?.followers.append(facts.number)
            following += 1
            return .follow
        }
        if isClosed { return result(of: facts.number, .expire) }
        let refusal = refusal(of: facts.lane, at: now)
        if let refusal, isHopeless(refusal) {
            progress.left += 1
            return .leave
        }
        if let key = facts.key { leaders[key] = Leader(number: facts.number, isAnswered: false) }
        open[facts.number] = Open(facts: facts)
        if let refusal, let until = refusal.until {
            park(facts.number, until: until)
            return .wait
        }
        fly(facts.number)
        return .ask
    }

    /// The next parked item whose time has come, if there is a place for it: it is asked now.
    mutating func resume(at now: ContinuousClock.Instant) -> Int? {
        guard !isClosed, flying.count < limits.inFlight else { return nil }
        // The oldest first: the order of the input is the order of the caller's patience.
        let due = parked.filter { number in open[number]?.parkedUntil.map { $0 <= now } ?? false }
        guard let number = due.min() else { return nil }
        unpark(number)
        fly(number)
        return number
    }

    /// Takes note of what came of asking.
    mutating func end(_ number: Int, with outcome: Outcome, at now: ContinuousClock.Instant) -> Ending {
        guard let item = open[number], flying.contains(number) else { return .leaves([]) }
        switch outcome {
        case .finished(let isCached):
            if item.asked > refusals[item.facts.lane]?.asked ?? 0 { refusals[item.facts.lane] = nil }
            return settle(item, Weight(isAnswered: true, isCached: isCached), keepsKey: true)
        case .failed(let isFinal):
            return settle(item, Weight(isAnswered: false), keepsKey: isFinal)
        case .notNow(let until, let isRefusal):
            if isClosed { return settle(item, Weight(isAnswered: false), keepsKey: false) }
            if isRefusal {
                let since = refusals[item.facts.lane]?.since ?? now
                let refusal = Refusal(since: since, until: until, asked: asked)
                refusals[item.facts.lane] = refusal
                if isHopeless(refusal) {
                    let left = leave(number) + leaveParked(in: item.facts.lane)
                    return .leaves(left.sorted())
                }
                // The others of the model have no better luck before.
                for other in parked where open[other]?.facts.lane == item.facts.lane {
                    open[other]?.parkedUntil = until
                }
            } else {
                open[number]?.attempts += 1
            }
            guard let until else { return .leaves(leave(number)) }
            flying.remove(number)
            park(number, until: until)
            return .parks
        case .abandoned:
            return .leaves(leave(number))
        }
    }

    /// Takes note that results are safe: now they count.
    mutating func written(_ numbers: [Int]) {
        for number in numbers {
            guard let weight = unwritten.removeValue(forKey: number) else { continue }
            progress.answered += weight.isAnswered ? 1 : 0
            progress.failed += weight.isAnswered ? 0 : 1
            progress.cached += weight.isCached ? 1 : 0
            progress.coalesced += weight.isCoalesced ? 1 : 0
            flying.remove(number)
        }
        report()
    }

    /// The time is over: nothing is asked any more.
    ///
    /// - Returns: the items whose result is just that.
    mutating func close() -> [Int] {
        isClosed = true
        var expired: [Int] = []
        for number in parked.sorted() {
            guard let item = open[number] else { continue }
            unpark(number)
            guard case .settles(let numbers) = settle(item, Weight(isAnswered: false), keepsKey: false) else {
                continue
            }
            expired += numbers
        }
        return expired
    }

    /// Nobody waits any more: what is parked is left for another run.
    mutating func abandon() -> [Int] {
        isClosed = true
        return parked.sorted().flatMap { leave($0) }
    }
}

extension BatchState {
    private mutating func result(
        of number: Int,
        _ admission: Admission,
        _ weight: Weight = Weight(isAnswered: false)
    ) -> Admission {
        unwritten[number] = weight
        return admission
    }

    private mutating func fly(_ number: Int) {
        flying.insert(number)
        asked += 1
        open[number]?.asked = asked
        report()
    }

    private mutating func park(_ number: Int, until: ContinuousClock.Instant) {
        open[number]?.parkedUntil = until
        parked.insert(number)
        parkedBytes += open[number]?.facts.size ?? 0
        report()
    }

    private mutating func unpark(_ number: Int) {
        guard parked.remove(number) != nil else { return }
        open[number]?.parkedUntil = nil
        parkedBytes -= open[number]?.facts.size ?? 0
        report()
    }

    private mutating func settle(_ item: Open, _ weight: Weight, keepsKey: Bool) -> Ending {
        let number = item.facts.number
        unwritten[number] = weight
        let shared = Weight(isAnswered: weight.isAnswered, isCoalesced: true)
        for follower in item.followers { unwritten[follower] = shared }
        following -= item.followers.count
        // Later equal items are no followers any more: they have a result to copy, or are asked themselves.
        open[number] = nil
        if !keepsKey {
            forgetKey(of: item)
        } else if let key = item.facts.key {
            leaders[key] = Leader(number: number, isAnswered: weight.isAnswered)
        }
        return .settles([number] + item.followers)
    }

    /// Gives an item and its followers up for this run.
    private mutating func leave(_ number: Int) -> [Int] {
        unpark(number)
        guard let item = open.removeValue(forKey: number) else { return [] }
        flying.remove(number)
        following -= item.followers.count
        forgetKey(of: item)
        progress.left += 1 + item.followers.count
        report()
        return [number] + item.followers
    }

    private mutating func leaveParked(in lane: Lane) -> [Int] {
        parked.filter { open[$0]?.facts.lane == lane }.flatMap { leave($0) }
    }

    private mutating func forgetKey(of item: Open) {
        if let key = item.facts.key, leaders[key]?.number == item.facts.number { leaders[key] = nil }
    }

    /// What keeps a lane's items from being asked now.
    private func refusal(of lane: Lane, at now: ContinuousClock.Instant) -> Refusal? {
        guard let refusal = refusals[lane] else { return nil }
        if let until = refusal.until, until <= now { return nil }
        return refusal
    }

    /// Whether a refusal lasts longer than this run waits.
    private func isHopeless(_ refusal: Refusal) -> Bool {
        guard let until = refusal.until else { return true }
        if let deadline, until >= deadline { return true }
        return until > refusal.since.advanced(by: patience)
    }

    private mutating func report() {
        progress.inFlight = flying.count
        progress.parked = parked.count
        progress.resumesAt = nextWake
    }
}
