package import Aurelis
internal import Synchronization

/// What anybody can cause as often as he likes.
extension AuditLog {
    struct Damping {
        var damper = AuditDamper()
        /// Whether what was left out will be told.
        var isScheduled = false
    }

    /// Takes note of an event of a kind, or counts it when there are too many.
    ///
    /// - Parameter entry: the event; made only when it is taken.
    package func append(_ kind: AuditDamper.Kind, _ entry: () -> AuditEntry) {
        let now = time.now
        let (verdict, begins) = damping.withLock { damping in
            let verdict = damping.damper.admit(kind, at: now)
            guard case .leaveOut = verdict else { return (verdict, false) }
            defer { damping.isScheduled = true }
            return (verdict, !damping.isScheduled)
        }
        switch verdict {
        case .take: append(entry())
        case .leaveOut(let due): if begins { tellLeftOut(after: now.duration(to: due)) }
        }
    }

    /// Tells how many events were left out in the whiles that are over.
    func tellLeftOut(all: Bool = false) {
        let now = time.now
        let (due, next) = damping.withLock { damping in
            let due = damping.damper.due(at: now, all: all)
            let next = damping.damper.next
            damping.isScheduled = next != nil
            return (due, next)
        }
        let wall = clock.millisecondsSinceEpoch
        for left in due {
            let since = wall - Int64(left.since.duration(to: now).milliseconds)
            append(AuditEntry(left, at: wall, since: since))
        }
        if let next { tellLeftOut(after: now.duration(to: next)) }
    }

    private func tellLeftOut(after delay: Duration) {
        // Not a moment too early: it would be for nothing.
        schedule(after: delay + .milliseconds(1)) { $0.tellLeftOut() }
    }
}

extension AuditEntry {
    fileprivate init(_ left: AuditDamper.LeftOut, at time: Int64, since: Int64) {
        let leftOut = AuditLeftOut(count: left.count, since: since)
        switch left.kind.event {
        case .authentication:
            self = .authentication(
                AuditAuthentication(time: time, place: left.kind.place, reason: left.kind.reason, leftOut: leftOut)
            )
        case .security:
            self = .security(
                AuditSecurity(
                    time: time,
                    action: "blocked",
                    rule: left.kind.reason,
                    place: left.kind.place,
                    leftOut: leftOut
                )
            )
        }
    }
}
