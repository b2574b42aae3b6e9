internal import Synchronization

/// Whether work that nobody can interrupt is still wanted when it comes to the step that cannot be undone.
///
///     guard commitment.commit() else { return }      // whoever does it
///     commitment.abandon()                           // who waited too long: true when it will not be done
package final class Commitment: Sendable {
    private enum State { case open, committed, abandoned }

    private let state = Mutex(State.open)

    /// Nothing is decided.
    package init() {}

    /// Goes over to what cannot be undone.
    ///
    /// - Returns: false when nobody wants it any more.
    package func commit() -> Bool {
        state.withLock { state in
            if state == .open { state = .committed }
            return state == .committed
        }
    }

    /// Does not want it any more.
    ///
    /// - Returns: whether it will not be done; false: it may be.
    package func abandon() -> Bool {
        state.withLock { state in
            if state == .open { state = .abandoned }
            return state == .abandoned
        }
    }
}
