package import Aurelis
internal import Dispatch
package import Logging
internal import Synchronization

/// The audit log of a data directory, as one of the processes that write to it has it.
///
///     let log = AuditLog(directory: directory, keys: { keys }, settings: settings, rules: rules, logger: logger)
///     log.append(.request(record, details))       // at once; the disk comes later
///     log.close()                                  // everything is on the disk
///
/// What happened is handed over in memory and put into words, sealed and written by a thread of the log's own, a few
/// times a second. When that fails there is an alarm, and either requests are refused until it works again, or what
/// does not fit into memory is counted, and the count becomes an entry.
package final class AuditLog: Sendable {
    struct State {
        var waiting: [AuditEntry] = []
        var weight = 0
        var isWriting = false
        var isLooking = false
        var isClosed = false
        /// What is not known yet to the chain.
        var lost = 0
        var refused = 0
        /// Since when it does not work, and why not.
        var failure: (since: Int64, reason: String, isFull: Bool)?
        var condition = AuditCondition()
    }

    struct Work {
        var pen: AuditPen
        var isSynced = true
        var lastSync: ContinuousClock.Instant
        var anchored = 0
        var newest: AuditAnchor?
        var lastAnchor: ContinuousClock.Instant
    }

    /// How long entries gather before they are written together.
    static let gathering: Duration = .milliseconds(250)
    /// When a disk that refused is tried again.
    static let pause: Duration = .seconds(1)
    /// How many entries are written while other processes wait for the lock.
    static let group = 512
    /// How many bytes wait for the disk, about.
    static let maximumWeight = 64 << 20

    /// Where it is.
    package let directory: AuditDirectory
    /// How it is written.
    package let settings: AuditSettings
    let anchors: AuditAnchoring
    let clock: WallClock
    let time: any TimeSource
    let logger: Logger
    let queue = DispatchQueue(label: "aurelis.audit", qos: .utility)
    let state = Mutex(State())
    let damping = Mutex(Damping())
    let work: Mutex<Work>
    /// Whether requests are refused; read by every request, without a lock.
    let gate = Atomic(false)

    /// The log of a directory, whose files are opened when there is something to write.
    ///
    /// - Parameters:
    ///   - keys: finds the keys, or makes one; asked when there is something to write, again until there are some.
    ///   - isBrief: whether the process works for a moment only: the command for anchors is then run after so many
    ///     entries, not also at the end.
    package convenience init(
        directory: AuditDirectory,
        keys: @escaping @Sendable () throws -> AuditKeyRing,
        settings: AuditSettings,
        rules: AuditRules,
        isBrief: Bool = false,
        time: any TimeSource = SystemTimeSource(),
        clock: WallClock = .system,
        logger: Logger
    ) {
        var settings = settings
        // Who has asked one thing does not wait for the disk: the system writes within half a minute.
        if isBrief, settings.sync == .interval { settings.sync = .never }
        let pen = AuditPen(directory: directory, keys: keys, settings: settings, rules: rules)
        self.init(pen, isBrief: isBrief, time: time, clock: clock, logger: logger)
    }

    init(_ pen: AuditPen, isBrief: Bool = false, time: any TimeSource, clock: WallClock, logger: Logger) {
        directory = pen.directory
        settings = pen.settings
        anchors = AuditAnchoring(pen.settings, default: pen.directory.anchors, isBrief: isBrief, logger: logger)
        self.clock = clock
        self.time = time
        self.logger = logger
        work = Mutex(Work(pen: pen, lastSync: time.now, lastAnchor: time.now))
    }

    /// Takes note of something; the disk comes later.
    package func append(_ entry: AuditEntry) {
        let weight = entry.weight
        let (begins, isNewLoss) = state.withLock { state -> (Bool, Bool) in
            guard state.waiting.count < settings.queue, state.weight + weight <= Self.maximumWeight else {
                state.lose(1, at: clock)
                return (false, state.lost == 1)
            }
            state.waiting.append(entry)
            state.weight += weight
            if settings.onFailure == .block, state.waiting.count * 2 > settings.queue {
                gate.store(true, ordering: .relaxed)
            }
            defer { state.isWriting = true }
            return (!state.isWriting, false)
        }
        if begins { schedule(after: settings.sync == .always ? .zero : Self.gathering) { $0.turn() } }
        if isNewLoss {
            alarm("audit_lost", "entries of the audit log are lost: the disk does not keep up, and no more can wait")
        }
    }

    /// Whether no request may be answered now.
    package var refuses: Bool { gate.load(ordering: .relaxed) }

    /// Why a request is refused, which is counted; nil when it may be answered.
    package var refusal: ModelError? {
        guard refuses else { return nil }
        let (_, reason, isFull) = state.withLock { state in
            state.refused += 1
            state.condition.refused += 1
            return state.since(clock)
        }
        let remedy =
            isFull ? "make room on the disk of \(directory.path)" : "see that \(directory.path) can be written"
        return ModelError(
            .overloaded,
            "the audit log cannot be written, and nothing is answered that it cannot record: \(reason)",
            code: "audit_unavailable",
            hint: "\(remedy), or set audit.on_failure to continue"
        )
    }

    /// How it is, for those who watch it.
    package var condition: AuditCondition {
        state.withLock { state in
            var condition = state.condition
            condition.waiting = state.waiting.count
            condition.failure = state.failure?.reason
            condition.isBlocking = refuses
            return condition
        }
    }

    /// Sees whether it can be written, for a process that must not answer when it cannot.
    package func open() { queue.sync { write(opening: true) } }

    /// Writes what waits, and returns when it is where the settings want it.
    package func flush() {
        queue.sync {
            write()
            sync()
        }
    }

    /// Writes what waits, sets an anchor, and ends.
    package func close() {
        tellLeftOut(all: true)
        queue.sync {
            write()
            sync()
            anchor(isLast: true)
            state.withLock { $0.isClosed = true }
        }
        anchors.finish()
    }

    func schedule(after delay: Duration, _ work: @escaping @Sendable (AuditLog) -> Void) {
        queue.asyncAfter(deadline: .now() + .milliseconds(Int(delay.milliseconds))) { [weak self] in
            guard let self, !state.withLock(\.isClosed) else { return }
            work(self)
        }
    }

    func alarm(_ event: String, _ message: String) {
        state.withLock { $0.condition.alarms += 1 }
        logger.critical("\(message)", metadata: ["event": "\(event)"])
    }
}

extension AuditLog.State {
    mutating func lose(_ count: Int, at clock: WallClock) {
        guard count > 0 else { return }
        _ = since(clock)
        lost += count
        condition.lost += count
    }

    /// Since when it does not work, and why not: from now on, unless something is known.
    mutating func since(_ clock: WallClock) -> (since: Int64, reason: String, isFull: Bool) {
        if let failure { return failure }
        let new = (clock.millisecondsSinceEpoch, "too much waits for the disk", false)
        failure = new
        return new
    }
}
