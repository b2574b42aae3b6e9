package import NIOCore
internal import Synchronization

/// How many connections of a listener are open, and when the last one has ended.
package final class ConnectionCount: Sendable {
    private struct State {
        var open = 0
        var drained: EventLoopPromise<Void>?
    }

    /// What to do with a new connection.
    package enum Admission: Sendable {
        case serve
        /// Tell the client that there is no room.
        case refuse
        /// There is no room even to say so.
        case drop
    }

    /// How many are served.
    package let limit: Int
    private let state = Mutex(State())

    package init(limit: Int) { self.limit = limit }

    /// How many connections beyond a limit may be told so at the same time.
    package static func refusals(beyond limit: Int) -> Int { min(64, limit / 8 + 1) }

    /// How many connections are accepted at all. The next ones wait in the kernel until one of these has ended, which
    /// those that are dropped do at once: a burst takes no more descriptors than that.
    package static func ceiling(of limit: Int) -> Int { limit + refusals(beyond: limit) + 8 }

    /// Counts a connection; each is to be followed by one `end()`.
    package func begin() -> Admission {
        state.withLock { state in
            state.open += 1
            if state.drained != nil { return .drop }
            if state.open <= limit { return .serve }
            return state.open <= limit + Self.refusals(beyond: limit) ? .refuse : .drop
        }
    }

    /// A connection has ended.
    package func end() {
        let drained = state.withLock { state -> EventLoopPromise<Void>? in
            state.open -= 1
            return state.open == 0 ? state.drained : nil
        }
        drained?.succeed()
    }

    /// Fulfils the promise once no connection is left; new ones are dropped from now on.
    package func whenNone(_ promise: EventLoopPromise<Void>) {
        let isNone = state.withLock { state in
            state.drained = promise
            return state.open == 0
        }
        if isNone { promise.succeed() }
    }

    /// The open connections, those being refused included.
    package var open: Int { state.withLock { $0.open } }
}
