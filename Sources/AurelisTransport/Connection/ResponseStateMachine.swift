/// What has arrived of one response and has not been taken yet, and who waits for it.
///
/// The event loop puts in, the caller's task takes out; `HTTPExchange` guards it with a lock. `Waiter` is whatever
/// wakes the task: there is at most one, and it looks again when it wakes.
struct ResponseStateMachine<Waiter> {
    /// Status and fields, ready for the caller.
    struct Head: Sendable {
        var status: Int
        var headers: HTTPHeaderList
    }

    private enum Progress {
        case open
        case complete
        case failed(ExchangeFailure)
    }

    private var progress = Progress.open
    private var head: Head?
    private var hasHead = false
    private var buffer: [UInt8] = []
    private var waiter: Waiter?
    /// Whether the event loop has stopped reading until the buffer is taken.
    private var isPaused = false
}

// MARK: - Putting in

extension ResponseStateMachine {
    /// Adds what a burst of reads brought; returns who is to be woken.
    mutating func deliver(head newHead: Head?, body: [UInt8], isComplete: Bool, pauseAt limit: Int) -> Delivery {
        guard case .open = progress else { return Delivery(waiter: nil, isFull: false) }
        if let newHead {
            head = newHead
            hasHead = true
        }
        if buffer.isEmpty {
            buffer = body
        } else {
            buffer.append(contentsOf: body)
        }
        if isComplete { progress = .complete }
        isPaused = !isComplete && buffer.count >= limit
        return Delivery(waiter: takeWaiter(), isFull: isPaused)
    }

    /// What became of a delivery.
    struct Delivery {
        var waiter: Waiter?
        /// No more is to be read until the caller takes the buffer.
        var isFull: Bool
    }

    /// Ends the response early. What arrived before is still handed out first.
    mutating func fail(_ failure: ExchangeFailure) -> Waiter? {
        guard case .open = progress else { return nil }
        progress = .failed(failure)
        return takeWaiter()
    }

    var isOpen: Bool {
        if case .open = progress { true } else { false }
    }

    var bufferedBytes: Int { buffer.count }
}

// MARK: - Taking out

extension ResponseStateMachine {
    enum HeadStep {
        case head(Head)
        case failed(ExchangeFailure)
        case wait
    }

    mutating func takeHead() -> HeadStep {
        if let head {
            self.head = nil
            return .head(head)
        }
        if case .failed(let failure) = progress { return .failed(failure) }
        return .wait
    }

    enum BodyStep {
        /// Bytes; `resumesReading` asks the event loop to go on.
        case bytes([UInt8], resumesReading: Bool)
        case end
        case failed(TransportError)
        case wait
    }

    mutating func takeBody() -> BodyStep {
        if !buffer.isEmpty {
            var bytes: [UInt8] = []
            swap(&bytes, &buffer)
            let resumes = isPaused
            isPaused = false
            return .bytes(bytes, resumesReading: resumes)
        }
        switch progress {
        case .open: return .wait
        case .complete: return .end
        case .failed(let failure): return .failed(failure.error)
        }
    }

    enum Parking: Sendable, Hashable {
        case parked
        /// There is something to take by now.
        case ready
        /// Another task waits already.
        case occupied
    }

    /// Leaves a waiter behind, unless there is something to take.
    mutating func park(_ waiter: Waiter, forHead: Bool) -> Parking {
        guard case .open = progress, forHead ? !hasHead : buffer.isEmpty else { return .ready }
        guard self.waiter == nil else { return .occupied }
        self.waiter = waiter
        return .parked
    }

    /// The caller has no use for the rest.
    mutating func cancel() -> Cancellation {
        buffer = []
        head = nil
        guard case .open = progress else {
            if case .complete = progress { progress = .failed(.cancelled) }
            return Cancellation(waiter: takeWaiter(), closesConnection: false)
        }
        progress = .failed(.cancelled)
        return Cancellation(waiter: takeWaiter(), closesConnection: true)
    }

    /// What a cancellation leads to.
    struct Cancellation {
        var waiter: Waiter?
        var closesConnection: Bool
    }

    private mutating func takeWaiter() -> Waiter? {
        defer { waiter = nil }
        return waiter
    }
}
