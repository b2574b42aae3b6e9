internal import Aurelis
internal import AurelisStorage
internal import Logging
internal import Synchronization

/// The work on one batch, from wherever it stands: looks at its input, asks, writes its results to files.
struct BatchWork: Sendable {
    let id: String
    let store: DatabaseFileStore
    /// Who answers now: a configuration may be read again meanwhile.
    let orchestrator: @Sendable () -> ModelOrchestrator
    /// What a tenant's key grants now.
    let grant: @Sendable (String) -> AccessGrant?
    /// The time that requests go by.
    let engineTime: any TimeSource
    /// The time that passes between two looks.
    let time: any TimeSource
    let settings: BatchService.Settings
    /// Asks to end after what is under way.
    let run: BatchRun
    let logger: Logger

    /// How long a model that refuses is waited for before the batch makes room for another: a minute's limit, with the
    /// seconds by which its window may be off.
    private static let patience: Duration = .seconds(75)
    /// How long it takes until something is tried again of which nobody knows when it works.
    private static let pause: Int64 = 600
    /// How long it takes until the disk is tried again.
    private static let diskPause: Int64 = 60

    /// Works for as long as it may.
    ///
    /// - Returns: whether that was this process's to do: nobody else works on it.
    func work() async -> Bool {
        do {
            let journal = try await DatabaseBatchJournal.open(
                directory: store.directory,
                batch: DatabaseBatchJournal.Identity(name: id, input: id),
                logger: logger
            )
            try await go(on: journal)
        } catch let error as BatchError where error.code == .busy {
            return false
        } catch {
            logger.error("a batch is put off", metadata: ["batch": "\(id)", "reason": "\(error)"])
            let resumes = store.now + Self.diskPause
            _ = try? await store.change(id) { $0.resumes = resumes }
        }
        return true
    }

    private func go(on journal: DatabaseBatchJournal) async throws {
        // It may have ended before the lock was there.
        guard var record = try await store.batch(id), !record.status.isFinal else { return }
        if record.status == .validating {
            guard let validated = try await validate(record) else { return }
            record = validated
        }
        guard record.status != .cancelling else { return try await finish(journal, as: .cancelled) }
        let grant = grant(record.tenant)
        guard grant != nil || record.tenant.isEmpty else {
            return try await finish(journal, as: .failed, fault: .keyless(record.tenant))
        }
        let orchestrator = orchestrator()
        let report: BatchReport
        do {
            report = try await ask(record, grant, orchestrator, journal)
        } catch let error as BatchError where error.code == .input {
            return try await finish(journal, as: .failed, fault: .unreadable(error.message))
        }
        switch report.end {
        case .completed: try await finish(journal, as: .completed)
        case .expired: try await finish(journal, as: .expired)
        case .exhausted(let reason): try await park(report, because: reason, orchestrator, journal)
        case .cancelled:
            let now = try await store.change(id) { record in
                record.note(report.progress)
                // What was waited for need not be waited for under other rules.
                if self.orchestrator() !== orchestrator { record.resumes = nil }
            }
            if now?.status == .cancelling { return try await finish(journal, as: .cancelled) }
            try await journal.end(.interrupted)
        }
    }

    // MARK: - Steps

    /// Counts the lines of the input; what is wrong with one of them is that line's result.
    ///
    /// - Returns: nil when there is nothing to ask, or no time to go on.
    private func validate(_ record: BatchRecord) async throws -> BatchRecord? {
        var count = 0
        var fault: BatchRecord.Fault?
        do throws(BatchError) {
            let lines = try await store.lines(of: record.input)
            let enough = settings.maximumRequests + 1
            // This is done in one go, whoever waits: otherwise a long input would never be through.
            while count < enough, !run.stop.isRequested, let more = try await lines.countNext(atMost: enough - count) {
                count += more
            }
            if count == 0 { fault = .empty }
            if count == enough { fault = .tooLong(settings.maximumRequests) }
        } catch {
            guard error.code == .input else { throw error }
            fault = .unreadable(error.message)
        }
        guard !run.stop.isRequested else { return nil }
        let (now, total) = (store.now, count)
        return try await store.change(id) { [fault] record in
            guard let fault else {
                record.total = total
                if record.status == .validating { record.become(.inProgress, at: now) }
                return
            }
            record.fault = fault
            record.become(.failed, at: now)
        }
        .flatMap { $0.status.isFinal ? nil : $0 }
    }

    /// Asks what has no answer yet.
    private func ask(
        _ record: BatchRecord,
        _ grant: AccessGrant?,
        _ orchestrator: ModelOrchestrator,
        _ journal: DatabaseBatchJournal
    ) async throws -> BatchReport {
        var options = BatchOptions()
        options.inFlight = settings.inFlight
        options.deadline = .seconds(max(0, record.deadline - store.now))
        options.patience = Self.patience
        options.priority = record.priority
        options.total = record.total
        _ = try await store.change(id) { record in (record.parked, record.resumes) = (0, nil) }
        let end = BatchStop()
        let progress = LatestProgress()
        let runner = BatchRunner(orchestrator, options: options, journal: journal)
        return try await withThrowingTaskGroup(of: BatchReport?.self) { group in
            for reason in [run.stop, run.room] {
                group.addTask {
                    await reason.wait()
                    end.request()
                    return nil
                }
            }
            group.addTask {
                await watch(end, progress, grant, orchestrator, of: record.tenant)
                return nil
            }
            group.addTask {
                let lines = try await BatchInputLines(record, grant, store)
                let next = { () async throws(BatchError) in try await lines.next() }
                return try await runner.run(until: end, next) { new in
                    if new.inFlight > 0 { run.asks(at: time.now) }
                    progress.set(new)
                }
            }
            defer { group.cancelAll() }
            while let report = try await group.next() {
                if let report { return report }
            }
            throw CancellationError()
        }
    }

    /// Tells how far the batch is, and looks whether it is to be left, or begun again because its tenant's key or the
    /// configuration has changed.
    private func watch(
        _ end: BatchStop,
        _ latest: LatestProgress,
        _ grant: AccessGrant?,
        _ orchestrator: ModelOrchestrator,
        of tenant: String
    ) async {
        while !Task.isCancelled {
            do { try await time.sleep(until: time.now.advanced(by: settings.interval)) } catch { return }
            if self.grant(tenant) != grant || self.orchestrator() !== orchestrator { end.request() }
            let progress = latest.value
            let resumes = progress.inFlight == 0 ? progress.resumesAt.map(second) : nil
            do {
                let record = try await store.change(id) { record in
                    record.note(progress)
                    record.resumes = resumes
                }
                if record == nil || record?.status == .cancelling { end.request() }
            } catch {
                // The journal is what counts; and it will tell if it is the disk.
            }
        }
    }

    /// Leaves the batch until a model wants requests again: then any process goes on with it.
    private func park(
        _ report: BatchReport,
        because reason: ModelError,
        _ orchestrator: ModelOrchestrator,
        _ journal: DatabaseBatchJournal
    ) async throws {
        let known = report.resumesAt.map(second)
        let now = store.now
        try await journal.end(.interrupted)
        let record = try await store.change(id) { record in
            record.note(report.progress)
            let resumes = min(max(known ?? now + Self.pause, now + 1), record.deadline)
            // Of the rules that are in effect by now nobody knows yet whether they refuse.
            record.resumes = self.orchestrator() === orchestrator ? resumes : nil
        }
        logger.info(
            "a batch waits for a limit",
            metadata: [
                "batch": "\(id)", "requests": "\(report.progress.left)", "reason": "\(reason)",
                "resumes": "\(record?.resumes ?? 0)",
            ]
        )
    }

    /// Writes what is done to files, and ends the batch.
    private func finish(
        _ journal: DatabaseBatchJournal,
        as status: BatchRecord.Status,
        fault: BatchRecord.Fault? = nil
    ) async throws {
        let now = store.now
        let record = try await store.change(id) { record in
            if record.status == .inProgress { record.become(.finalizing, at: now) }
        }
        guard let record else { return }
        let results = try await BatchResultFiles.write(journal, to: store)
        let end = store.now
        try await store.finish(id, with: results.files) { [was = record.status] record in
            record.output = results.output?.id
            record.errors = results.errors?.id
            record.answered = results.answered
            record.failed = results.failed
            record.fault = fault
            record.become(was == .cancelling ? .cancelled : status, at: end)
        }
        try await journal.forget()
    }

    /// A moment of the requests' time as a time of day.
    private func second(_ instant: ContinuousClock.Instant) -> Int64 {
        store.now + (engineTime.now.duration(to: instant).milliseconds + 999) / 1_000
    }
}

/// How far a batch is, for those who look now and then.
private final class LatestProgress: Sendable {
    private let state = Mutex(BatchProgress())

    var value: BatchProgress { state.withLock(\.self) }

    func set(_ progress: BatchProgress) { state.withLock { $0 = progress } }
}

extension BatchRecord {
    /// Takes note of how far it is.
    fileprivate mutating func note(_ progress: BatchProgress) {
        answered = progress.answered
        failed = progress.failed
        parked = progress.parked + progress.left
    }
}

extension BatchRecord.Fault {
    fileprivate static let empty = BatchRecord.Fault(code: "empty_file", message: "the input file holds no line")

    fileprivate static func tooLong(_ most: Int) -> BatchRecord.Fault {
        BatchRecord.Fault(
            code: "too_many_requests",
            message: "the input file holds more than \(most) lines; hand it in as several batches"
        )
    }

    fileprivate static func keyless(_ key: String) -> BatchRecord.Fault {
        BatchRecord.Fault(
            code: "key_not_in_effect",
            message: "the key \(key) that handed the batch in was revoked or has expired"
        )
    }

    fileprivate static func unreadable(_ reason: String) -> BatchRecord.Fault {
        BatchRecord.Fault(code: "input_file_unreadable", message: "the input file cannot be read: \(reason)")
    }
}
