internal import Synchronization

/// The keys in effect now, for everybody who asks at the same time.
///
///     var reader = AccessKeys.Reader()
///     reader.authenticate(token, as: .gateway, by: keys, at: now)
package final class AccessKeys: Sendable {
    private let version = Atomic<UInt64>(1)
    private let current: Mutex<AccessKeyRing>

    /// Begins with some keys.
    package init(_ ring: AccessKeyRing = AccessKeyRing()) { current = Mutex(ring) }

    /// The keys in effect.
    package var ring: AccessKeyRing { current.withLock { $0 } }

    /// Puts others into effect.
    package func replace(with ring: AccessKeyRing) {
        current.withLock { $0 = ring }
        version.add(1, ordering: .releasing)
    }

    /// Notes why the keys may be others by now.
    package func note(_ problem: String) {
        current.withLock { $0.problem = problem }
        version.add(1, ordering: .releasing)
    }

    /// Somebody who asks often, in one place: each event loop has its own, so that a request finds the keys without a
    /// lock.
    package struct Reader {
        private var version: UInt64 = 0
        private var copy = AccessKeyRing()

        /// Knows no keys yet.
        package init() {}

        /// Compares what somebody sent with the keys in effect.
        package mutating func authenticate(
            _ token: AccessKeyToken,
            as kind: AccessKeyKind,
            by keys: AccessKeys,
            at now: Int64
        ) -> AccessKeyRing.Verdict {
            let latest = keys.version.load(ordering: .acquiring)
            if latest != version {
                copy = keys.ring
                version = latest
            }
            return copy.authenticate(token, as: kind, at: now)
        }
    }
}
