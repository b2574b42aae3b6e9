internal import Aurelis
internal import Dispatch
internal import Synchronization

/// Calls of the system that may never return: made on a thread that may block, and given up after a while.
enum Blocking {
    /// What the work returns; nil when it took longer than the limit. It then goes on for nobody.
    static func value<Value: Sendable>(
        within limit: Duration,
        _ work: @escaping @Sendable () -> Value
    ) async -> Value? {
        await withCheckedContinuation { continuation in
            let answer = FirstAnswer(continuation)
            DispatchQueue.global(qos: .utility).async { answer.give(work()) }
            DispatchQueue.global(qos: .utility).asyncAfter(
                deadline: .now() + .milliseconds(Int(limit.milliseconds))
            ) {
                answer.give(nil)
            }
        }
    }
}

/// Resumes a task with whatever comes first.
private final class FirstAnswer<Value: Sendable>: Sendable {
    private let continuation: Mutex<CheckedContinuation<Value?, Never>?>

    init(_ continuation: CheckedContinuation<Value?, Never>) { self.continuation = Mutex(continuation) }

    func give(_ value: Value?) {
        let continuation = continuation.withLock { $0.take() }
        continuation?.resume(returning: value)
    }
}
