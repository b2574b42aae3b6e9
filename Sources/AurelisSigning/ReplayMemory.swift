internal import Synchronization

/// Remembers for a while what must not come twice, within a bound.
///
/// What is due to be forgotten lies in the order of seconds. A memory that is full takes nothing new: forgetting would let
/// somebody use again what was used.
struct ReplayMemory {
    enum Admission: Equatable {
        case first
        case again
        case full
    }

    /// Half a hash is enough to tell apart what is remembered at one time.
    typealias Key = SIMD2<UInt64>

    private var known: Set<Key> = []
    private var due: [Int64: [Key]] = [:]
    /// Everything before it is forgotten; it does not go back with the clock.
    private var horizon: Int64?
    /// How much is remembered.
    var count: Int { known.count }

    /// Remembers a key until the end of a second, beside fewer than `capacity` others.
    mutating func admit(_ key: Key, until end: Int64, now: Int64, capacity: Int) -> Admission {
        forget(before: now)
        guard !known.contains(key) else { return .again }
        guard known.count < capacity else { return .full }
        known.insert(key)
        due[max(end, horizon ?? now), default: []].append(key)
        return .first
    }

    private mutating func forget(before now: Int64) {
        let from = horizon ?? now
        horizon = max(from, now)
        guard from < now else { return }
        // After a long pause there are fewer seconds with something in them than seconds.
        let past = now - from > Int64(due.count) ? due.keys.filter { $0 < now } : Array(from..<now)
        for second in past {
            for key in due.removeValue(forKey: second) ?? [] { known.remove(key) }
        }
    }
}

/// The signatures that were used: kept apart from `MessageVerifier`, so that a reload of keys forgets none.
package final class SignatureMemory: Sendable {
    private let memory = Mutex(ReplayMemory())

    /// A memory of nothing.
    package init() {}

    func admit(_ key: ReplayMemory.Key, until end: Int64, now: Int64, capacity: Int) -> ReplayMemory.Admission {
        memory.withLock { $0.admit(key, until: end, now: now, capacity: capacity) }
    }
}
