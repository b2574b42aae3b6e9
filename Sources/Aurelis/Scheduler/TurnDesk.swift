internal import Synchronization

/// Where requests wait for room in a quota: one queue for each meter that somebody waits for.
///
/// Only whoever is first in a queue asks the ledger, so that a crowd does not; the others sleep until it is their turn.
final class TurnDesk: Sendable {
    /// A place in a queue, to be left once.
    struct Place: Sendable {
        fileprivate let id: TurnQueue.ID
        let meter: QuotaMeterID
    }

    private struct Line {
        var queue: TurnQueue
        var sleepers: [TurnQueue.ID: CheckedContinuation<Void, Never>] = [:]
        /// Those who were called while they did not sleep.
        var called: Set<TurnQueue.ID> = []

        mutating func leave(_ id: TurnQueue.ID, served: Bool) {
            queue.leave(id, served: served)
            called.remove(id)
        }

        /// Calls whoever is first; to be resumed outside of the lock.
        mutating func callFirst() -> CheckedContinuation<Void, Never>? {
            guard let first = queue.first else { return nil }
            if let sleeper = sleepers.removeValue(forKey: first) { return sleeper }
            called.insert(first)
            return nil
        }
    }

    private struct State {
        var limit: Int
        var lines: [QuotaMeterID: Line] = [:]
        var count = 0
        var lastID: TurnQueue.ID = 0
    }

    private let state: Mutex<State>

    /// Bounds what wait for all meters together.
    static let maximumWaiting = 10_000

    /// - Parameter limit: how many may wait for one meter.
    init(limit: Int) { state = Mutex(State(limit: limit)) }

    /// Changes how many may wait for one meter; those who wait already go on waiting.
    func change(limit: Int) {
        state.withLock { state in
            state.limit = limit
            for meter in state.lines.keys { state.lines[meter]?.queue.limit = limit }
        }
    }

    /// Whether nobody waits for any meter.
    var isIdle: Bool { state.withLock { $0.lines.isEmpty } }

    /// How many wait, for all meters together.
    var waiting: Int { state.withLock(\.count) }

    /// How many would go before a request that came now.
    func ahead(of call: ModelCall, on meter: QuotaMeterID) -> Int {
        state.withLock { state in
            guard !state.lines.isEmpty else { return 0 }
            return state.lines[meter]?.queue.ahead(ofNext: call.tenant, call.priority) ?? 0
        }
    }

    /// The line in which somebody goes before a request, and how many do; 0: nobody does, in any.
    ///
    /// A request waits for its key's own limit first, which is the last of its meters, and only then for what it shares
    /// with others.
    func line(of call: ModelCall, for demand: QuotaDemand, at place: Place?) -> (QuotaMeterID?, Int) {
        var hasPassed = place != nil
        for (meter, _) in demand.meters.reversed() {
            if let place, place.meter == meter { hasPassed = false }
            guard !hasPassed else { continue }
            let others = place.flatMap { $0.meter == meter ? ahead(of: $0) : nil } ?? ahead(of: call, on: meter)
            if others > 0 { return (meter, others) }
        }
        return (nil, 0)
    }

    /// How many go before a place.
    func ahead(of place: Place) -> Int {
        state.withLock { $0.lines[place.meter]?.queue.ahead(of: place.id) ?? 0 }
    }

    /// A place at the end of its tenant's requests; nil when too many wait already.
    func join(_ call: ModelCall, on meter: QuotaMeterID) -> Place? {
        state.withLock { state in
            guard state.count < Self.maximumWaiting else { return nil }
            state.lastID += 1
            let id = state.lastID
            var line = state.lines.removeValue(forKey: meter) ?? Line(queue: TurnQueue(limit: state.limit))
            let joined = line.queue.join(id, tenant: call.tenant, call.priority)
            // A line that nobody could join is none: where somebody waits, nothing is reserved at once.
            if line.queue.count > 0 { state.lines[meter] = line }
            guard joined else { return nil }
            state.count += 1
            return Place(id: id, meter: meter)
        }
    }

    /// Leaves a place, and calls who is first then.
    func leave(_ place: Place, served: Bool) {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.lines[place.meter]?.leave(place.id, served: served)
            state.count -= 1
            guard let line = state.lines[place.meter], line.queue.count > 0 else {
                state.lines[place.meter] = nil
                return nil
            }
            return state.lines[place.meter]?.callFirst()
        }
        next?.resume()
    }

    /// Room may have come: calls who is first.
    func call(_ meters: [QuotaMeterID]) {
        for meter in meters {
            let next = state.withLock { $0.lines.isEmpty ? nil : $0.lines[meter]?.callFirst() }
            next?.resume()
        }
    }

    /// Sleeps until the place is called, the time is over, or the task is cancelled.
    func sleep(at place: Place, until end: ContinuousClock.Instant, time: any TimeSource) async {
        _ = try? await within(time.now.duration(to: end), time: time) { () async throws(ModelError) in
            await self.wait(at: place)
        }
    }

    private func wait(at place: Place) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let sleeps = state.withLock { state in
                    if Task.isCancelled { return false }
                    guard state.lines[place.meter]?.called.remove(place.id) == nil else { return false }
                    state.lines[place.meter]?.sleepers[place.id] = continuation
                    return true
                }
                if !sleeps { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.lines[place.meter]?.sleepers.removeValue(forKey: place.id) }?.resume()
        }
    }
}
