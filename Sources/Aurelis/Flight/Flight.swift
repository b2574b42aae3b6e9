internal import AurelisJSON
internal import Synchronization

/// One call under way, shared by all whose calls are equal.
///
/// The work belongs to the flight, not to the one who began it: whoever leaves takes nothing from the others, and only
/// when nobody is left does it stop.
final class Flight: Sendable {
    typealias PassengerID = FlightState<Landing, ProviderEvent>.PassengerID

    /// How the work came out.
    struct Landing: Sendable {
        enum Outcome: Sendable {
            case cached(CacheHit)
            case whole(JSONDocument)
            /// The events follow.
            case stream
            case failure(ModelError)
        }

        let outcome: Outcome
        /// What was tried, and what is left of the time and attempts of the one who began.
        let journey: Journey

        /// Why there is no answer; nil when there is one.
        var failure: ModelError? {
            if case .failure(let error) = outcome { error } else { nil }
        }
    }

    /// The call that began it.
    let request: RequestID
    /// Until when its work may take; those who have less time leave earlier.
    let deadline: ContinuousClock.Instant
    /// For whom its work waits where a quota has no room.
    let priority: RequestPriority
    /// What stands for that call in traces; nil when it is not traced.
    let place: SpanPlace?

    private struct State {
        var flight = FlightState<Landing, ProviderEvent>()
        var waiters: [PassengerID: CheckedContinuation<Void, Never>] = [:]
        /// Whether the work has had to wait for a quota.
        var isHeldUp = false
        /// Those who want to be told that the work waits.
        var listeners: [PassengerID: @Sendable (QuotaWait) -> Void] = [:]
        var reader: CheckedContinuation<Void, Never>?
        var work: Task<Void, Never>?
        /// What became of the stream, for those who have all its events.
        var end: StreamEnd?
    }

    private let state = Mutex(State())

    init(
        request: RequestID,
        deadline: ContinuousClock.Instant,
        priority: RequestPriority = .interactive,
        place: SpanPlace? = nil
    ) {
        self.request = request
        self.deadline = deadline
        self.priority = priority
        self.place = place
    }

    /// Begins the work, on the executor that its caller runs on.
    ///
    /// An unstructured task, beside the bridges to NIO's callbacks the only one: the answer must outlive the caller who asked first, and
    /// a child task cannot. It ends by itself within the request's deadline, and at once when nobody waits any more.
    func start(on executor: (any TaskExecutor)?, _ work: @escaping @Sendable () async -> Void) {
        let task = Task(executorPreference: executor) { await work() }
        let isAbandoned = state.withLock { state in
            state.work = task
            return state.flight.passengers == 0
        }
        if isAbandoned { task.cancel() }
    }

    /// Takes one more passenger; nil when the beginning of the answer is no longer there, or the work waits for room that
    /// the passenger may have at once.
    func board(_ priority: RequestPriority = .interactive) -> PassengerID? {
        state.withLock { $0.isHeldUp && priority < self.priority ? nil : $0.flight.board() }
    }

    /// The number of those who wait for it.
    var passengers: Int { state.withLock { $0.flight.passengers } }

    /// A passenger wants no more.
    func leave(_ id: PassengerID) {
        state.withLock { _ = $0.listeners.removeValue(forKey: id) }
        perform { $0.leave(id) }
    }

    /// Tells a passenger from now on that the work waits.
    func listen(_ id: PassengerID, _ onWait: @escaping @Sendable (QuotaWait) -> Void) {
        state.withLock { $0.listeners[id] = onWait }
    }
}

// MARK: The work's side

extension Flight {
    /// The work waits for a quota.
    func tell(_ wait: QuotaWait) {
        let listeners = state.withLock { state in
            state.isHeldUp = true
            return Array(state.listeners.values)
        }
        for onWait in listeners { onWait(wait) }
    }

    /// The answer is there, or its beginning.
    func land(_ outcome: Landing.Outcome, _ journey: Journey) {
        let streams = if case .stream = outcome { true } else { false }
        state.withLock { $0.listeners = [:] }
        perform { $0.land(Landing(outcome: outcome, journey: journey), streams: streams) }
    }

    /// Passes all events of a stream on, no faster than the fastest passenger takes them.
    ///
    /// - Parameter note: told of every event before anybody else sees it.
    func relay(_ stream: RescuedStream, _ note: (ProviderEvent) -> Void) async {
        var outcome = StreamEnd.Outcome.answered
        do throws(ModelError) {
            while true {
                await room()
                guard let event = try await stream.next() else { break }
                note(event)
                // Who sees the last event knows what became of the stream.
                if event.isDone { state.withLock { $0.end = StreamEnd(.answered, of: stream) } }
                let size = event.raw.count + (event.chunk?.bytes.count ?? 0)
                perform { $0.append(event, size: size) }
            }
        } catch {
            outcome = .failed(error)
        }
        state.withLock { $0.end = StreamEnd(outcome, of: stream) }
        perform { $0.end() }
        stream.cancel()
    }

    private func room() async {
        await withCheckedContinuation { continuation in
            let hasRoom = state.withLock { state in
                if state.flight.hasRoom { return true }
                state.reader = continuation
                return false
            }
            if hasRoom { continuation.resume() }
        }
    }
}

// MARK: The passengers' side

extension Flight {
    /// How the work came out.
    ///
    /// - Throws: `cancelled` for a passenger who has left, or whose task was cancelled.
    func landing(for id: PassengerID) async throws(ModelError) -> Landing {
        while true {
            switch state.withLock({ $0.flight.landing(for: id) }) {
            case .landed(let landing): return landing
            case .none: await news(for: id) { if case .none = $0.landing(for: id) { true } else { false } }
            case .event, .ended, .gone: throw .callerGone
            }
        }
    }

    /// The next event of the stream, or nil after the last.
    ///
    /// - Throws: what broke the stream; `cancelled` for a passenger who has left.
    func next(for id: PassengerID) async throws(ModelError) -> ProviderEvent? {
        while true {
            let (news, end) = take(id)
            switch news {
            case .event(let event): return event
            case .ended:
                if case .failed(let error)? = end?.outcome { throw error }
                return nil
            case .none: await self.news(for: id) { !$0.hasNews(for: id) }
            case .landed, .gone: throw .callerGone
            }
        }
    }

    /// What became of the stream, once it has ended.
    var end: StreamEnd? { state.withLock(\.end) }

    private func take(_ id: PassengerID) -> (news: FlightState<Landing, ProviderEvent>.News, end: StreamEnd?) {
        let (news, end, reader) = state.withLock { state in
            let (news, action) = state.flight.take(id)
            let reader = action.wakesReader ? state.reader.take() : nil
            return (news, state.end, reader)
        }
        reader?.resume()
        return (news, end)
    }

    /// Waits until a passenger has news, has left, or is cancelled (and has left thereby).
    private func news(
        for id: PassengerID,
        unless isQuiet: @Sendable (FlightState<Landing, ProviderEvent>) -> Bool
    ) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waits = state.withLock { state in
                    guard isQuiet(state.flight) else { return false }
                    state.waiters[id] = continuation
                    return true
                }
                if !waits { continuation.resume() }
            }
        } onCancel: {
            leave(id)
        }
    }

    private func perform(
        _ change: (inout FlightState<Landing, ProviderEvent>) -> FlightState<Landing, ProviderEvent>.Action
    ) {
        let (waiters, reader, abandoned) = state.withLock { state in
            let action = change(&state.flight)
            let waiters = action.wakes.compactMap { state.waiters.removeValue(forKey: $0) }
            // Who stops the work must not find its reader asleep.
            let reader = action.wakesReader || action.abandons ? state.reader.take() : nil
            return (waiters, reader, action.abandons ? state.work : nil)
        }
        for waiter in waiters { waiter.resume() }
        abandoned?.cancel()
        reader?.resume()
    }
}
