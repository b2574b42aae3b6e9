internal import Synchronization

/// The latest requests, in memory: as many as fit, the oldest give way.
///
///     let recent = RecentRequests(capacity: 1_000)
///     recent.find(id)        // what became of it
///     recent.latest(20)      // newest first
public final class RecentRequests: RequestRecorder {
    fileprivate struct State {
        var records: [RequestRecord] = []
        /// Where the next record goes once all places are taken.
        var next = 0
        /// How many there have been in all.
        var total = 0
    }

    private let capacity: Int
    private let state = Mutex(State())

    /// Room for some records.
    public init(capacity: Int = 1_024) { self.capacity = max(1, capacity) }

    /// Takes note of a request, in the place of the oldest.
    public func record(_ record: RequestRecord) {
        state.withLock { state in
            state.total += 1
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
            (0..<min(max(0, limit), state.records.count)).map { state.record(ofAge: $0) }
        }
    }

    /// How many there have been in all.
    package var total: Int { state.withLock(\.total) }

    /// The latest of those that came after a number of others, the newest first, and how many there have been in all.
    ///
    ///     let (news, total) = recent.latest(100, after: seen)
    ///     seen = total        // `total - seen - news.count` were passed over
    package func latest(_ limit: Int, after seen: Int) -> (records: [RequestRecord], total: Int) {
        state.withLock { state in
            let count = min(max(0, limit), state.records.count, max(0, state.total - seen))
            return ((0..<count).map { state.record(ofAge: $0) }, state.total)
        }
    }
}

extension RecentRequests.State {
    /// Before the first wrap `next` is 0 and the newest is the last; afterwards it is the one before `next`.
    fileprivate func record(ofAge age: Int) -> RequestRecord {
        records[(next + records.count - 1 - age) % records.count]
    }
}
