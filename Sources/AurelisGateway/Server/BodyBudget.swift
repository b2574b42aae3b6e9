internal import Synchronization

/// The memory that request bodies may take, over all connections.
///
/// Bytes are counted when they have arrived: what a client merely announces costs nothing. A connection that takes
/// the count over the limit stops reading until others have released theirs.
final class BodyBudget: Sendable {
    private typealias Waiters = [ObjectIdentifier: @Sendable () -> Void]

    private let limit: Int
    private let used = Atomic<Int>(0)
    private let waiters = Mutex<Waiters>([:])
    private let waiterCount = Atomic<Int>(0)

    init(limit: Int) { self.limit = limit }

    /// The bytes counted now.
    var bytes: Int { used.load(ordering: .relaxed) }

    /// Counts bytes that have arrived.
    ///
    /// - Returns: whether the connection may read on.
    func take(_ count: Int) -> Bool {
        used.add(count, ordering: .relaxed).newValue <= limit
    }

    /// Gives bytes back and wakes those who wait for room.
    func release(_ count: Int) {
        let rest = used.subtract(count, ordering: .sequentiallyConsistent).newValue
        if rest <= limit, waiterCount.load(ordering: .sequentiallyConsistent) > 0 { wake() }
    }

    /// Calls `wake` once, when there is room; at once when there already is. One waiter a connection.
    func whenRoom(for connection: ObjectIdentifier, _ wake: @escaping @Sendable () -> Void) {
        change { $0[connection] = wake }
        // Room may have come between the count and the registration.
        if used.load(ordering: .sequentiallyConsistent) <= limit { self.wake() }
    }

    /// The connection waits no longer.
    func forget(_ connection: ObjectIdentifier) {
        guard waiterCount.load(ordering: .sequentiallyConsistent) > 0 else { return }
        change { $0[connection] = nil }
    }

    private func wake() {
        let all = waiters.withLock { waiters in
            defer { waiters = [:] }
            waiterCount.store(0, ordering: .sequentiallyConsistent)
            return waiters
        }
        for wake in all.values { wake() }
    }

    private func change(_ body: (inout Waiters) -> Void) {
        waiters.withLock { waiters in
            body(&waiters)
            waiterCount.store(waiters.count, ordering: .sequentiallyConsistent)
        }
    }
}
