import Dispatch
import Synchronization

/// Holds a blocking thread up until a test lets it pass, and tells the test that it has come.
final class Gate: Sendable {
    private let passage = DispatchSemaphore(value: 0)
    private let arrival = AsyncStream<Void>.makeStream()

    func wait() {
        arrival.continuation.yield()
        passage.wait()
    }

    func open() { passage.signal() }

    func reached() async {
        for await _ in arrival.stream { return }
    }
}
