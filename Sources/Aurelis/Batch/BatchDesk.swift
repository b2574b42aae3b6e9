internal import AurelisJSON

/// What lies on the table while a batch is worked through: the requests that are not answered yet, and the results that
/// are not written yet, beside the state that decides about both.
struct BatchDesk: Sendable {
    /// A result that waits to be written.
    enum Unwritten: Sendable {
        case entry(BatchEntry)
        /// The same as an earlier item's.
        case copy(number: Int, customID: String?, of: Int)
    }

    /// An item without a result.
    private struct Held: Sendable {
        var customID: String?
        /// nil: an equal item's is sent.
        var call: ModelCall?
    }

    private(set) var state: BatchState
    private(set) var unwritten: [Unwritten] = []
    private(set) var isAbandoned = false
    private var isExpired = false
    private var held: [Int: Held] = [:]
    /// Why items are left.
    private var refusal: ModelError?

    init(_ state: BatchState) { self.state = state }

    /// When something is to be done without any other event.
    var wake: ContinuousClock.Instant? {
        let wakes = [state.isClosed ? nil : state.deadline, state.nextWake].compactMap(\.self)
        return wakes.min()
    }

    /// How the batch stands.
    var report: BatchReport {
        let end: BatchReport.End =
            if isAbandoned {
                .cancelled
            } else if isExpired {
                .expired
            } else if let refusal, state.progress.left > 0 {
                .exhausted(refusal)
            } else {
                .completed
            }
        return BatchReport(progress: state.progress, end: end)
    }

    /// Takes the next item.
    ///
    /// - Returns: the call, when it is to be asked now.
    mutating func admit(_ line: BatchLine, at now: ContinuousClock.Instant) -> ModelCall? {
        let (number, item) = (line.number, line.item)
        switch state.admit(BatchState.Facts(line), at: now) {
        case .ask:
            let call = try? item.call.get()
            held[number] = Held(customID: item.customID, call: call)
            return call
        case .wait: held[number] = Held(customID: item.customID, call: try? item.call.get())
        case .follow: held[number] = Held(customID: item.customID)
        case .copy(let leader): unwritten.append(.copy(number: number, customID: item.customID, of: leader))
        case .refuse:
            if case .failure(let error) = item.call { fail(number, item.customID, error, isFinal: true) }
        case .duplicateName(let first): fail(number, item.customID, .duplicateName(number, of: first), isFinal: true)
        case .expire: fail(number, item.customID, .batchExpired, isFinal: false)
        case .settled, .leave: break
        }
        return nil
    }

    /// A parked item that is to be asked now.
    mutating func resume(at now: ContinuousClock.Instant) -> (Int, ModelCall)? {
        guard let number = state.resume(at: now), let call = held[number]?.call else { return nil }
        return (number, call)
    }

    /// Takes note of what came of asking.
    mutating func end(
        _ number: Int,
        with result: Result<BatchAnswer, ModelError>,
        of request: RequestID,
        at now: ContinuousClock.Instant,
        _ verdict: (ModelError, Int, ContinuousClock.Instant) -> BatchState.Outcome
    ) {
        let attempts = state.attempts(of: number) + 1
        let (key, name) = (state.key(of: number), held[number]?.customID)
        switch result {
        case .success(let answer):
            let ending = state.end(number, with: .finished(cached: answer.isCached), at: now)
            let result = BatchResult(name, answer.document, of: request)
            settle(ending, BatchEntry(number: number, isFinal: true, attempts: attempts, key: key, result: result))
        case .failure(let failure):
            var outcome = verdict(failure, attempts, now)
            if isAbandoned, case .notNow = outcome { outcome = .abandoned }
            let ending = state.end(number, with: outcome, at: now)
            if case .leaves = ending, refusal == nil { refusal = failure }
            let isFinal = outcome == .failed(isFinal: true)
            let result = BatchResult(name, failure, of: request)
            settle(ending, BatchEntry(number: number, isFinal: isFinal, attempts: attempts, key: key, result: result))
        }
    }

    /// Takes away what is to be written.
    mutating func takeUnwritten() -> [Unwritten] {
        defer { unwritten = [] }
        return unwritten
    }

    /// Takes note that results are safe.
    mutating func written(_ numbers: [Int]) { state.written(numbers) }

    /// The deadline has passed.
    mutating func expire() {
        isExpired = true
        for number in state.close() {
            let name = held.removeValue(forKey: number)?.customID
            fail(number, name, .batchExpired, isFinal: false)
        }
    }

    /// Nobody waits any more.
    mutating func abandon() {
        guard !isAbandoned else { return }
        isAbandoned = true
        for number in state.abandon() { held[number] = nil }
    }

    private mutating func settle(_ ending: BatchState.Ending, _ entry: BatchEntry) {
        switch ending {
        case .parks: break
        case .leaves(let numbers): for number in numbers { held[number] = nil }
        case .settles(let numbers):
            held[entry.number] = nil
            unwritten.append(.entry(entry))
            for follower in numbers where follower != entry.number {
                let shared = entry.result.shared(with: held.removeValue(forKey: follower)?.customID)
                unwritten.append(
                    .entry(BatchEntry(number: follower, isFinal: entry.isFinal, attempts: 0, result: shared))
                )
            }
        }
    }

    private mutating func fail(_ number: Int, _ name: String?, _ error: ModelError, isFinal: Bool) {
        let result = BatchResult(name, error, of: nil)
        unwritten.append(.entry(BatchEntry(number: number, isFinal: isFinal, attempts: 0, result: result)))
    }
}

extension BatchState.Facts {
    init(_ line: BatchLine) {
        let call = try? line.item.call.get()
        self.init(
            number: line.number,
            customID: line.item.customID,
            key: call.flatMap { BatchKey($0) },
            lane: call?.lane ?? "",
            size: call?.body.bytes.count ?? 0,
            isValid: call != nil
        )
    }
}

extension ModelCall {
    /// What a refusal of it holds for.
    var lane: BatchState.Lane { model?.canonical ?? "auto/\(task.rawValue)" }
}

extension ModelError {
    /// Another item has that name.
    static func duplicateName(_ number: Int, of first: Int) -> ModelError {
        ModelError(
            .invalidRequest,
            "line \(number) has the custom_id of line \(first); give it one of its own",
            code: "duplicate_custom_id"
        )
    }

    /// The batch's deadline passed before the item was answered.
    static let batchExpired = ModelError(
        .timeout,
        "the batch's time was over before this was asked",
        code: "batch_expired"
    )
}
