internal import NIOCore
internal import Synchronization

/// How many connections are open, and when the last one has ended.
final class ConnectionCount: Sendable {
    private struct State {
        var open = 0
        var drained: EventLoopPromise<Void>?
    }

    /// What to do with a new connection.
    enum Admission {
        case serve
        /// Tell the client that there is no room.
        case refuse
        /// There is no room even to say so.
        case drop
    }

    private let limit: Int
    private let state = Mutex(State())

    /// Connections beyond the limit that may be told so at the same time.
    private static let refusals = 256

    init(limit: Int) { self.limit = limit }

    /// Counts a connection; each is to be followed by one `end()`.
    func begin() -> Admission {
        state.withLock { state in
            state.open += 1
            if state.drained != nil { return .drop }
            if state.open <= limit { return .serve }
            return state.open <= limit + Self.refusals ? .refuse : .drop
        }
    }

    func end() {
        let drained = state.withLock { state -> EventLoopPromise<Void>? in
            state.open -= 1
            return state.open == 0 ? state.drained : nil
        }
        drained?.succeed()
    }

    /// Fulfils the promise once no connection is left; new ones are dropped from now on.
    func whenNone(_ promise: EventLoopPromise<Void>) {
        let isNone = state.withLock { state in
            state.drained = promise
            return state.open == 0
        }
        if isNone { promise.succeed() }
    }

    /// The open connections, those being refused included.
    var open: Int { state.withLock { $0.open } }
}
