internal import Aurelis
internal import Logging
internal import Synchronization

/// What the thread of the log does.
extension AuditLog {
    /// Writes what has gathered, and sees to the rest.
    func turn() {
        state.withLock { $0.isWriting = false }
        write()
        look()
    }

    /// Makes safe and anchors what is due, and comes again when something will be.
    func look() {
        let now = time.now
        let (isUnsynced, syncDue, isUnanchored, anchorDue) = work.withLock { work in
            let sequence = work.newest?.sequence ?? work.anchored
            let isMany = sequence - work.anchored >= settings.anchors.entries
            return (
                !work.isSynced, work.lastSync.advanced(by: settings.syncInterval), sequence > work.anchored,
                isMany ? now : work.lastAnchor.advanced(by: settings.anchors.interval)
            )
        }
        var next: ContinuousClock.Instant?
        if isUnsynced { if syncDue <= now { sync() } else { next = syncDue } }
        if isUnanchored {
            if anchorDue <= now { anchor() } else { next = min(next ?? anchorDue, anchorDue) }
        }
        guard let next else { return }
        let begins = state.withLock { state in
            defer { state.isLooking = true }
            return !state.isLooking
        }
        guard begins else { return }
        schedule(after: now.duration(to: next)) { log in
            log.state.withLock { $0.isLooking = false }
            log.look()
        }
    }

    /// Writes what waits, in groups.
    ///
    /// - Parameter opening: whether the file is opened though nothing waits.
    func write(opening: Bool = false) {
        var (entries, tells) = take()
        guard !entries.isEmpty || opening else { return }
        var rest = entries[...]
        entries = []
        repeat {
            let now = clock.millisecondsSinceEpoch
            let group = rest.prefix(Self.group)
            let outcome = work.withLock { work in
                let outcome = work.pen.write(group, at: now)
                work.newest = outcome.anchor ?? work.newest
                if outcome.written > 0 { work.isSynced = settings.sync != .interval }
                return outcome
            }
            for message in outcome.alarms { alarm("audit_damaged", message) }
            rest = rest.dropFirst(outcome.written)
            // It stands behind all others.
            if rest.isEmpty { tells = nil }
            if let error = outcome.error { return failed(error, rest, tells) }
            if outcome.hasRotated { anchor() }
        } while !rest.isEmpty
        succeeded()
    }

    /// What waits, and behind it what the chain is to know of what does not.
    private func take() -> (entries: [AuditEntry], tells: (lost: Int, refused: Int)?) {
        let now = clock.millisecondsSinceEpoch
        return state.withLock { state in
            var entries = state.waiting
            // As much as last time, so that nobody's request pays for its growing.
            state.waiting = []
            state.waiting.reserveCapacity(min(entries.count, Self.group))
            state.weight = 0
            guard let failure = state.failure else { return (entries, nil) }
            let gap = AuditNotice.gap(
                lost: state.lost,
                refused: state.refused,
                since: TimeStamp(milliseconds: failure.since).description,
                reason: failure.reason
            )
            entries.append(.notice(gap, time: now))
            defer { (state.lost, state.refused) = (0, 0) }
            return (entries, (state.lost, state.refused))
        }
    }

    private func failed(_ error: AuditFileError, _ rest: ArraySlice<AuditEntry>, _ tells: (lost: Int, refused: Int)?) {
        // What was to be said of the failure is said when it is over.
        let kept = rest.filter { entry in if case .notice(.gap, _) = entry { false } else { true } }
        let isNew = state.withLock { state in
            let room = max(0, settings.queue - state.waiting.count)
            state.lose(max(0, kept.count - room), at: clock)
            state.waiting.insert(contentsOf: kept.prefix(room), at: 0)
            state.weight = state.waiting.reduce(0) { $0 + $1.weight }
            if let tells {
                state.lost += tells.lost
                state.refused += tells.refused
            }
            let since = state.failure?.since
            state.failure = (since ?? clock.millisecondsSinceEpoch, error.description, error.isFull)
            if settings.onFailure == .block { gate.store(true, ordering: .relaxed) }
            defer { state.condition.failure = error.description }
            return state.condition.failure == nil
        }
        if isNew {
            let blocks = settings.onFailure == .block
            let consequence = blocks ? "requests are refused until it can" : "requests are answered all the same"
            alarm("audit_failing", "the audit log cannot be written; \(consequence): \(error)")
        }
        state.withLock { $0.isWriting = true }
        schedule(after: Self.pause) { $0.turn() }
    }

    private func succeeded() {
        let ended = state.withLock { state in
            // What was lost while this was written is told with what comes next.
            if state.lost == 0, state.refused == 0 { state.failure = nil }
            if state.waiting.count * 2 <= settings.queue { gate.store(false, ordering: .relaxed) }
            defer { state.condition.failure = nil }
            return state.condition.failure != nil
        }
        if ended { logger.notice("the audit log can be written again", metadata: ["event": "audit_working"]) }
    }

    /// Makes what was written safe from a power cut, where that is wanted.
    func sync() {
        let now = time.now
        let error = work.withLock { work -> AuditFileError? in
            guard !work.isSynced else { return nil }
            do throws(AuditFileError) { try work.pen.sync() } catch { return error }
            work.isSynced = true
            work.lastSync = now
            return nil
        }
        if let error { failed(error, [], nil) }
    }

    /// Remembers elsewhere where the chain stands.
    func anchor(isLast: Bool = false) {
        let now = time.now
        let anchor = work.withLock { work -> AuditAnchor? in
            guard let newest = work.newest, newest.sequence > work.anchored else { return nil }
            work.anchored = newest.sequence
            work.lastAnchor = now
            return newest
        }
        if let anchor, let problem = anchors.add(anchor, isLast: isLast) { alarm("audit_anchor_failed", problem) }
    }
}
