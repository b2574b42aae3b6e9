internal import AurelisJSON

/// Works through a batch: reads items as there is room for them, asks, and has every result written before it counts.
///
///     let runner = BatchRunner(orchestrator, options: options, journal: journal)
///     let report = try await runner.run({ try lines.next() }) { progress in … }
package struct BatchRunner: Sendable {
    let orchestrator: ModelOrchestrator
    let options: BatchOptions
    let journal: any BatchJournal
    /// Decides what a failure means: its number of attempts, and the present, are told.
    var verdict: @Sendable (ModelError, Int, ContinuousClock.Instant) -> BatchState.Outcome

    /// A runner.
    package init(_ orchestrator: ModelOrchestrator, options: BatchOptions, journal: any BatchJournal) {
        self.orchestrator = orchestrator
        self.options = options
        self.journal = journal
        verdict = { failure, attempts, now in
            BatchVerdict.outcome(of: failure, attempts: attempts, limit: options.attempts, at: now)
        }
    }

    private var time: any TimeSource { orchestrator.time }

    /// Works until every item has a result, nothing can be asked any more, the deadline passes, somebody asks it to stop,
    /// or the task is cancelled: what is under way then ends first, which for a cancelled task is at once.
    ///
    /// - Parameters:
    ///   - stop: asks it to stop; nil: nobody does.
    ///   - next: the next item, nil after the last one; each number comes once, in the same order in each run. What
    ///     waits for a disk does so where it holds nobody up.
    ///   - onProgress: is told whenever something has changed.
    /// - Throws: why the input cannot be read or results cannot be kept.
    package func run(
        until stop: BatchStop? = nil,
        _ next: () async throws(BatchError) -> BatchLine?,
        onProgress: (BatchProgress) -> Void = { _ in }
    ) async throws(BatchError) -> BatchReport {
        let start = time.now
        let deadline = options.deadline.map { start.advanced(by: $0) }
        let state = BatchState(
            limits: BatchState.Limits(inFlight: max(1, options.inFlight)),
            settled: try await journal.settled(),
            total: options.total,
            deadline: deadline,
            patience: options.patience ?? options.deadline ?? .seconds(300)
        )
        var desk = BatchDesk(state)
        let result = await withTaskGroup(of: Event.self) { group -> Result<BatchReport, BatchError> in
            do throws(BatchError) {
                return .success(try await work(&desk, in: &group, until: stop, next, onProgress))
            } catch {
                group.cancelAll()
                return .failure(error)
            }
        }
        return try result.get()
    }

    private enum Event: Sendable {
        case asked(Int, Result<BatchAnswer, ModelError>, RequestID)
        case written(Result<[Int], BatchError>)
        case woke(ContinuousClock.Instant)
        case stopped
    }

    private func work(
        _ desk: inout BatchDesk,
        in group: inout TaskGroup<Event>,
        until stop: BatchStop?,
        _ next: () async throws(BatchError) -> BatchLine?,
        _ onProgress: (BatchProgress) -> Void
    ) async throws(BatchError) -> BatchReport {
        var isAtEnd = false
        var isWriting = false
        var alarms: Set<ContinuousClock.Instant> = []
        var fault: BatchError?
        var told: BatchProgress?
        if let stop {
            group.addTask {
                await stop.wait()
                return .stopped
            }
        }
        while true {
            let now = time.now
            if Task.isCancelled || stop?.isRequested == true { desk.abandon() }
            if let deadline = desk.state.deadline, now >= deadline, !desk.state.isClosed { desk.expire() }
            while let (number, call) = desk.resume(at: now) { ask(number, call, desk.state.deadline, in: &group) }
            while !isAtEnd, !desk.isAbandoned, desk.state.wantsMore {
                do throws(BatchError) {
                    guard let line = try await next() else {
                        isAtEnd = true
                        break
                    }
                    let call = desk.admit(line, at: time.now)
                    if let call { ask(line.number, call, desk.state.deadline, in: &group) }
                    // An item that has its result costs no wait in which this would be seen.
                    if Task.isCancelled || stop?.isRequested == true { desk.abandon() }
                } catch {
                    // What is under way has been paid for.
                    fault = error
                    desk.abandon()
                }
            }
            if !isWriting, !desk.unwritten.isEmpty {
                let results = desk.takeUnwritten()
                isWriting = true
                group.addTask { .written(await write(results)) }
            }
            if told != desk.state.progress {
                told = desk.state.progress
                onProgress(desk.state.progress)
            }
            if desk.state.isIdle, isAtEnd || desk.isAbandoned { break }
            // What is due and has no place comes up when one is free.
            if let wake = desk.wake, wake > now, alarms.insert(wake).inserted {
                group.addTask { [time] in
                    try? await time.sleep(until: wake)
                    return .woke(wake)
                }
            }
            switch await group.next() {
            case .asked(let number, let result, let id):
                desk.end(number, with: result, of: id, at: time.now, verdict)
            case .written(let numbers):
                isWriting = false
                desk.written(try numbers.get())
            case .woke(let wake):
                alarms.remove(wake)
            case .stopped:
                break
            case nil:
                // Nothing is under way and nothing will be: unreachable while the state keeps its promises.
                return desk.report
            }
        }
        group.cancelAll()
        if let fault { throw fault }
        var report = desk.report
        report.resumesAt = desk.state.refusalsEnd(after: time.now)
        return report
    }

    private func ask(
        _ number: Int,
        _ call: ModelCall,
        _ deadline: ContinuousClock.Instant?,
        in group: inout TaskGroup<Event>
    ) {
        var call = call
        call.id = .next()
        call.stream = false
        call.priority = options.priority
        call.comesAgain = true
        call.timeout = call.timeout ?? options.itemDeadline
        if let deadline {
            let limit = call.timeout ?? orchestrator.configuration.requestTimeout
            call.timeout = min(limit, max(.milliseconds(1), time.now.duration(to: deadline)))
        }
        group.addTask { [call] in
            do throws(ModelError) {
                let reply = try await orchestrator.answer(call)
                guard case .whole(let document) = reply.answer else { throw .wrongShape }
                let answer = BatchAnswer(document: document, isCached: reply.trace.cache?.age != nil)
                return .asked(number, .success(answer), call.id)
            } catch {
                return .asked(number, .failure(error), call.id)
            }
        }
    }

    /// Writes results in one go; what is the same as an earlier item's is looked up.
    func write(_ results: [BatchDesk.Unwritten]) async -> Result<[Int], BatchError> {
        var entries: [BatchEntry] = []
        do throws(BatchError) {
            for result in results {
                switch result {
                case .entry(let entry): entries.append(entry)
                case .copy(let number, let customID, let leader):
                    let here = entries.last { $0.number == leader }?.result
                    var found = here
                    if found == nil { found = try await journal.result(of: leader) }
                    guard let found else {
                        throw BatchError(.journal, "the result of item \(leader), which was there, is lost")
                    }
                    entries.append(
                        BatchEntry(number: number, isFinal: true, attempts: 0, result: found.shared(with: customID))
                    )
                }
            }
            try await journal.record(entries)
            return .success(entries.map(\.number))
        } catch {
            return .failure(error)
        }
    }
}

/// An answer to an item.
struct BatchAnswer: Sendable {
    var document: JSONDocument
    var isCached: Bool
}
