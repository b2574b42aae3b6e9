extension ConnectionPoolStateMachine {
    struct QueuedWaiter: Sendable {
        let waiter: Waiter
        /// Rises with every arrival, across all origins.
        let number: UInt64
    }

    /// The waiters of one origin, first come first served; giving up from the middle is allowed.
    struct WaitQueue: Sendable {
        private var storage: ArraySlice<QueuedWaiter> = []

        var count: Int { storage.count }
        var isEmpty: Bool { storage.isEmpty }
        var first: QueuedWaiter? { storage.first }
        var elements: [QueuedWaiter] { Array(storage) }

        mutating func append(_ waiter: QueuedWaiter) {
            storage.append(waiter)
        }

        mutating func popFirst() -> QueuedWaiter? {
            let first = storage.popFirst()
            // A slice keeps what was popped alive until its storage is replaced.
            if storage.isEmpty { storage = [] }
            return first
        }

        /// Whether the removed one was the first; nil when it is not here.
        mutating func remove(_ waiter: Waiter) -> Bool? {
            guard let index = storage.firstIndex(where: { $0.waiter == waiter }) else { return nil }
            let wasFirst = index == storage.startIndex
            storage.remove(at: index)
            return wasFirst
        }
    }
}
