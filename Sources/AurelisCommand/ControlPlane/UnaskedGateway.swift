internal import Synchronization

/// That a gateway is there and was not asked: said once, however often a command looks for it.
final class UnaskedGateway: Sendable {
    private let state = Mutex(false)

    /// Whether there is one.
    var isThere: Bool { state.withLock { $0 } }

    /// Takes note of one.
    ///
    /// - Returns: whether that is news.
    func note() -> Bool {
        state.withLock { isThere in
            defer { isThere = true }
            return !isThere
        }
    }
}
