/// The state of one thing over time: what it is said to be, and what may become of that.
///
///     var track = HealthTrack()
///     track.observe(.unhealthy, "503", by: rules, at: now)      // false: once is an accident
///     track.observe(.unhealthy, "503", by: rules, at: later)    // true: it is unhealthy
///
/// It gets worse or better only on evidence that agrees for a while; between two levels of worse it is the milder one.
/// One that changes too often stays bad until it has been good for long.
struct HealthTrack: Sendable, Hashable {
    /// Evidence for another state, so far.
    private struct Streak: Hashable {
        let isWorse: Bool
        let start: ContinuousClock.Instant
        var looks = 1
        var target: HealthState
    }

    private(set) var state = HealthState.unknown
    /// Why it is in trouble; nil when it is not.
    private(set) var reason: String?
    /// Whether it changes too often to be believed.
    private(set) var isFlapping = false
    private var streak: Streak?
    private var changes: [ContinuousClock.Instant] = []
    private var lastEvidence: ContinuousClock.Instant?

    /// Nothing is known.
    init() {}

    /// Trouble that was known before.
    init(resuming state: HealthState, _ reason: String?, lastEvidence: ContinuousClock.Instant) {
        self.state = state
        self.reason = reason
        self.lastEvidence = lastEvidence
    }

    /// Takes a look into account.
    ///
    /// - Returns: whether the state has changed.
    mutating func observe(
        _ seen: HealthState,
        _ why: String?,
        by rules: HealthRules,
        at now: ContinuousClock.Instant
    ) -> Bool {
        guard seen != .unknown else { return forget(by: rules, at: now) }
        lastEvidence = now
        guard seen != state else {
            streak = nil
            reason = seen.isTrouble ? why ?? reason : nil
            return false
        }
        // That something works needs no second look when nothing was known of it.
        if state == .unknown, seen == .healthy {
            enter(.healthy, nil)
            return true
        }
        follow(seen, at: now)
        guard let streak, isEnough(streak, rules, at: now) else { return false }
        if state != .unknown { changes.append(now) }
        if !streak.isWorse, isFlapping {
            isFlapping = false
            changes = []
        }
        enter(streak.target, why)
        return true
    }

    private mutating func follow(_ seen: HealthState, at now: ContinuousClock.Instant) {
        let isWorse = seen > max(state, .healthy)
        guard var present = streak, present.isWorse == isWorse else {
            streak = Streak(isWorse: isWorse, start: now, target: seen)
            return
        }
        present.looks += 1
        present.target = isWorse ? min(present.target, seen) : max(present.target, seen)
        streak = present
    }

    private mutating func isEnough(_ streak: Streak, _ rules: HealthRules, at now: ContinuousClock.Instant) -> Bool {
        let held = streak.start.duration(to: now)
        changes.removeAll { $0.duration(to: now) > rules.flapWindow }
        guard !streak.isWorse else { return streak.looks >= rules.worsens.looks || held >= rules.worsens.time }
        if changes.count + 1 >= rules.flaps { isFlapping = true }
        if isFlapping { return held >= rules.calm }
        return streak.looks >= rules.improves.looks || held >= rules.improves.time
    }

    /// Without evidence for long, nothing is known any more.
    private mutating func forget(by rules: HealthRules, at now: ContinuousClock.Instant) -> Bool {
        guard state != .unknown, let last = lastEvidence, last.duration(to: now) >= rules.memory else { return false }
        self = HealthTrack()
        return true
    }

    private mutating func enter(_ next: HealthState, _ why: String?) {
        state = next
        reason = next.isTrouble ? why : nil
        streak = nil
    }
}
