internal import Synchronization

/// Numbers of 64 bits for names: distinct among themselves, and hard to meet by chance in another process.
///
///     static let numbers = DistinctNumbers()
///     let name = numbers.next()
///
/// A random start plus an atomic counter, mixed: no system call and no lock for each. Not for anything secret: whoever has seen
/// one can tell the others.
package struct DistinctNumbers: ~Copyable, Sendable {
    private let counter = Atomic<UInt64>(0)
    private let start = UInt64.random(in: .min ... .max)

    /// Numbers from a start of their own.
    package init() {}

    /// The next one.
    package func next() -> UInt64 {
        let (_, count) = counter.add(1, ordering: .relaxed)
        return Self.mixed(start &+ count &* 0x9E37_79B9_7F4A_7C15)
    }

    /// SplitMix64's finaliser: a bijection, so distinct counts stay distinct.
    private static func mixed(_ input: UInt64) -> UInt64 {
        var bits = input
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
