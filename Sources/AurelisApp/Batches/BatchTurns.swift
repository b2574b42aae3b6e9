internal import AurelisStorage

/// Whose turn it is: decides which batch is begun next, and which one makes room for it. Does nothing itself.
///
///     while let step = turns.next(of: due, at: now) {
///         switch step {
///         case .begin(let id): …              // and `turns.end(id, …)` when that is over
///         case .makeRoom(let id, let other):  // `turns.leave(id)`, or `turns.pass(other)`: it needs no room
///         }
///     }
///
/// Places go to tenants: first to whoever has fewer, then to whoever was served longest ago; among the batches of a tenant
/// to the urgent ones, then to those whose time is over first, then to the oldest. Who has run for a turn leaves when a
/// tenant with fewer places wants one. So with T tenants and R places everybody's turn comes within T/R turns, and
/// whoever is alone has all places and is never interrupted.
struct BatchTurns: Sendable {
    /// A batch that something can be done for.
    struct Candidate: Sendable, Hashable {
        var batch: DueBatch
        /// Whether nothing of it is asked any more: it only has to be ended, which takes nobody's place.
        var isOver = false
    }

    enum Step: Sendable, Hashable {
        /// Work on it.
        case begin(String)
        /// The one is to end after what is under way, unless the other one is in somebody's hands already.
        case makeRoom(String, for: String)
    }

    private struct Run {
        var tenant: String
        var isEnding: Bool
        var isLeaving = false
        /// Since when it asks; what comes before that is not its turn yet, or it would end where it began.
        var asksSince: ContinuousClock.Instant?
    }

    /// How many turns are remembered.
    private static let memory = 4_096

    private let places: Int
    private let turn: Duration
    private var runs: [String: Run] = [:]
    /// Looked at since the last look: others have them, or they are done, or they cannot be gone on with now.
    private var passed: Set<String> = []
    /// When each tenant was last served, counted in turns.
    private var served: [String: Int] = [:]
    private var turns = 0

    /// - Parameters:
    ///   - places: how many batches are worked on at once.
    ///   - turn: how long each is worked on while others wait.
    init(places: Int, turn: Duration) {
        self.places = places
        self.turn = turn
    }

    /// How many tenants it remembers to have served.
    var remembered: Int { served.count }

    // MARK: - What happens

    /// It is looked again what others have done.
    mutating func look() {
        passed = []
        // What was served that long ago is served as long ago as what never was.
        if served.count > Self.memory { served = served.filter { $0.value > turns - Self.memory } }
    }

    /// A batch that was begun asks since then.
    mutating func asks(_ id: String, since start: ContinuousClock.Instant?) { runs[id]?.asksSince = start }

    /// A batch is asked to make room.
    mutating func leave(_ id: String) {
        guard let tenant = runs[id]?.tenant else { return }
        runs[id]?.isLeaving = true
        serve(tenant)
    }

    /// A batch is in somebody else's hands until the next look.
    mutating func pass(_ id: String) { passed.insert(id) }

    /// The work on a batch is over.
    ///
    /// - Parameter isServed: whether it was this process's to do.
    mutating func end(_ id: String, isServed: Bool) {
        let run = runs.removeValue(forKey: id)
        // What has only made room goes on before its tenant begins another.
        if !isServed || run?.isLeaving != true { passed.insert(id) }
        if let run, isServed, !run.isEnding { serve(run.tenant) }
    }

    private mutating func serve(_ tenant: String) {
        turns += 1
        served[tenant] = turns
    }

    // MARK: - What follows

    /// The next thing to do; nil: nothing, until something happens.
    mutating func next(of due: [Candidate], at now: ContinuousClock.Instant) -> Step? {
        var waiting = due.filter { runs[$0.batch.id] == nil && !passed.contains($0.batch.id) }
        if !runs.values.contains(where: \.isEnding), let over = first(of: waiting.filter(\.isOver), [:]) {
            return begin(over, isEnding: true)
        }
        waiting.removeAll(where: \.isOver)
        let working = runs.values.filter { !$0.isEnding }
        var counts: [String: Int] = [:]
        for run in working where !run.isLeaving { counts[run.tenant, default: 0] += 1 }
        if working.count < places { return first(of: waiting, counts).map { begin($0, isEnding: false) } }
        // Places that come free are as good as given to those who come first.
        for _ in 0..<working.count(where: \.isLeaving) {
            guard let next = first(of: waiting, counts) else { return nil }
            counts[next.tenant, default: 0] += 1
            waiting.removeAll { $0.batch.id == next.id }
        }
        guard let next = first(of: waiting, counts), let leaver = leaver(for: next.tenant, counts, at: now) else {
            return nil
        }
        return .makeRoom(leaver, for: next.id)
    }

    private mutating func begin(_ batch: DueBatch, isEnding: Bool) -> Step {
        runs[batch.id] = Run(tenant: batch.tenant, isEnding: isEnding)
        return .begin(batch.id)
    }

    /// Whose turn is next, when tenants have so many places.
    private func first(of waiting: [Candidate], _ counts: [String: Int]) -> DueBatch? {
        waiting.lazy.map(\.batch).min { one, other in
            if one.tenant != other.tenant {
                let (mine, theirs) = (counts[one.tenant] ?? 0, counts[other.tenant] ?? 0)
                if mine != theirs { return mine < theirs }
                let (last, theirLast) = (served[one.tenant] ?? 0, served[other.tenant] ?? 0)
                if last != theirLast { return last < theirLast }
            }
            if one.isUrgent != other.isUrgent { return one.isUrgent }
            return (one.deadline, one.number) < (other.deadline, other.number)
        }
    }

    /// Who makes room for a tenant: of whoever has the most places, the one that has run the longest; nil while nobody has
    /// run for a turn and has more places than the tenant.
    private func leaver(for tenant: String, _ counts: [String: Int], at now: ContinuousClock.Instant) -> String? {
        let fair = counts[tenant] ?? 0
        return runs.lazy
            .compactMap { id, run -> (id: String, places: Int, start: ContinuousClock.Instant)? in
                guard !run.isEnding, !run.isLeaving, let start = run.asksSince, start.duration(to: now) >= turn,
                    let places = counts[run.tenant], places > fair
                else { return nil }
                return (id, places, start)
            }
            .min { one, other in
                one.places != other.places
                    ? one.places > other.places
                    : (one.start, one.id) < (other.start, other.id)
            }?
            .id
    }
}
