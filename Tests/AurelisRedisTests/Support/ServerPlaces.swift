import Synchronization

/// Limits how many servers run at once: all tests of all suites run at the same time.
final class ServerPlaces: Sendable {
    static let shared = ServerPlaces(4)

    /// A test that has a place may run further servers: waiting for a second place could be waiting for itself.
    @TaskLocal private static var hasPlace = false

    private let state: Mutex<(free: Int, waiting: [CheckedContinuation<Void, Never>])>

    init(_ count: Int) { state = Mutex((count, [])) }

    func use(_ body: () async throws -> Void) async throws {
        if Self.hasPlace { return try await body() }
        await take()
        defer { leave() }
        try await Self.$hasPlace.withValue(true) { try await body() }
    }

    private func take() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.free == 0 {
                    state.waiting.append(continuation)
                    return false
                }
                state.free -= 1
                return true
            }
            if isFree { continuation.resume() }
        }
    }

    private func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.free += 1
            return nil
        }
        next?.resume()
    }
}
