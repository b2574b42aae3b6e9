import Synchronization

/// How many are in there now.
final class Counter: Sendable {
    private let count = Atomic<Int>(0)

    var value: Int { count.load(ordering: .sequentiallyConsistent) }

    func enter() -> Int { count.add(1, ordering: .sequentiallyConsistent).newValue }
    func leave() { count.subtract(1, ordering: .sequentiallyConsistent) }
}
