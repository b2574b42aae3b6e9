internal import Synchronization

/// The latest requests, in memory: as many as fit, the oldest give way.
///
///     let recent = RecentRequests(capacity: 1_000)
///     recent.find(id)        // what became of it
///     recent.latest(20)      // newest first
public final class RecentRequests: RequestRecorder {
    private struct State {
        var records: [RequestRecord] = []
        /// Where the next record goes once all places are taken.
        var next = 0
    }

    private let capacity: Int
    private let state = Mutex(State())

    /// Room for some records.
    public init(capacity: Int = 1_024) { self.capacity = max(1, capacity) }

    /// Takes note of a request, in the place of the oldest.
    public func record(_ record: RequestRecord) {
        state.withLock { state in
            if state.records.count < capacity {
                state.records.append(record)
            } else {
                state.records[state.next] = record
                state.next = (state.next + 1) % capacity
            }
        }
    }

    /// What became of a request; nil when it is unknown or long ago.
    public func find(_ id: RequestID) -> RequestRecord? {
        state.withLock { state in state.records.last { $0.id == id } }
    }

    /// The latest requests, the newest first.
    public func latest(_ limit: Int) -> [RequestRecord] {
        state.withLock { state in
            let count = state.records.count
            // Before the first wrap `next` is 0 and the newest is the last; afterwards it is the one before `next`.
            return (0..<min(max(0, limit), count)).map { age in
                state.records[(state.next + count - 1 - age) % count]
            }
        }
    }
}
