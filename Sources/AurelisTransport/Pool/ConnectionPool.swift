import NIOCore
import Synchronization

/// The connections of a client: a lock around `ConnectionPoolStateMachine`, and the waking and closing it asks for.
final class ConnectionPool: Sendable {
    /// What a waiting request is given in the end.
    enum Turn: Sendable {
        case lease(HTTPConnection)
        case connect
        case refused(TransportError)
    }

    /// A request that waits for its turn.
    final class Waiter: Sendable {
        let turn = OneShot<Turn>()
    }

    typealias Machine = ConnectionPoolStateMachine<HTTPConnection, Identity<Waiter>, ObjectIdentifier>

    private struct State {
        var machine: Machine
        var drained: [OneShot<Void>] = []
    }

    private let state: Mutex<State>

    init(limits: Machine.Limits) {
        state = Mutex(State(machine: Machine(limits: limits)))
    }
}

// MARK: - Asking

extension ConnectionPool {
    enum Acquisition: Sendable {
        case lease(HTTPConnection)
        /// The caller is to connect, and to say so by `connected` or `connectFailed`.
        case connect
        /// The caller is to await the waiter's turn, or to `abandon` it.
        case wait(Waiter)
    }

    func acquire(
        from origin: HTTPOrigin,
        on loop: ObjectIdentifier?,
        reusing: Bool
    ) throws(TransportError) -> Acquisition {
        var waiter: Waiter?
        let acquisition = state.withLock { state in
            state.machine.acquire(
                from: origin,
                on: loop,
                reusing: reusing,
                waiter: {
                    let new = Waiter()
                    waiter = new
                    return Identity(new)
                }()
            )
        }
        switch acquisition {
        case .lease(let connection):
            return .lease(connection)
        case .connect(let evicted):
            evicted?.close()
            return .connect
        case .wait:
            guard let waiter else { preconditionFailure("a queued request has a waiter") }
            return .wait(waiter)
        case .refuse(.queueFull):
            throw TransportError(.poolExhausted, "Too many requests wait for a connection: \(origin)")
        case .refuse(.shutDown):
            throw TransportError(.shutdown, "The client is shut down.")
        }
    }

    /// Ends a wait with an error, unless the turn has come.
    func abandon(_ waiter: Waiter, origin: HTTPOrigin, error: TransportError) {
        guard state.withLock({ $0.machine.abandon(Identity(waiter), origin: origin) }) else { return }
        waiter.turn.resolve(.refused(error))
    }

    /// A connection was made for the caller; false when the pool was shut down meanwhile.
    func connected(_ connection: HTTPConnection) -> Bool {
        let isWelcome = state.withLock {
            $0.machine.connected(connection, to: connection.origin, on: connection.loop)
        }
        if !isWelcome {
            connection.close()
            noteDrained()
        }
        return isWelcome
    }

    func connectFailed(to origin: HTTPOrigin) {
        grant(state.withLock { $0.machine.connectFailed(to: origin) })
        noteDrained()
    }

    private func grant(_ granted: Machine.Granted?) {
        guard let granted else { return }
        switch granted.grant {
        case .lease(let connection): granted.waiter.object.turn.resolve(.lease(connection))
        case .connect: granted.waiter.object.turn.resolve(.connect)
        }
    }
}

// MARK: - What connections tell

extension ConnectionPool: HTTPConnectionOwner {
    func connectionBecameIdle(_ connection: HTTPConnection) {
        let outcome = state.withLock { $0.machine.release(connection) }
        grant(outcome.granted)
        if let closing = outcome.close {
            closing.close()
            noteDrained()
        }
    }

    func connectionExpired(_ connection: HTTPConnection) -> Bool {
        state.withLock { $0.machine.removeIdle(connection) }
    }

    func connectionClosed(_ connection: HTTPConnection) {
        grant(state.withLock { $0.machine.remove(connection) })
        noteDrained()
    }
}

// MARK: - The end, and looking in

extension ConnectionPool {
    /// Fails the waiters, closes the idle connections and refuses new requests.
    func shutDown() {
        let (waiters, idle) = state.withLock { $0.machine.shutDown() }
        for waiter in waiters {
            waiter.object.turn.resolve(.refused(TransportError(.shutdown, "The client is shut down.")))
        }
        for connection in idle { connection.close() }
        noteDrained()
    }

    /// Ends the exchanges that are going on.
    func cutLeased() {
        let failure = ExchangeFailure(
            error: TransportError(.shutdown, "The client is shut down.", requestMayHaveBeenProcessed: true)
        )
        for connection in state.withLock({ $0.machine.leasedConnections }) { connection.cut(failure) }
    }

    /// Waits until no connection is left after `shutDown`.
    func drained() async {
        let shot = OneShot<Void>()
        let isDrained = state.withLock { state in
            if !state.machine.isDrained { state.drained.append(shot) }
            return state.machine.isDrained
        }
        if !isDrained { await shot.value() }
    }

    var statistics: ConnectionPoolStatistics {
        var statistics = ConnectionPoolStatistics()
        for (origin, counts) in state.withLock({ $0.machine.counts }) {
            statistics.origins[origin] = counts
            statistics.total.connecting += counts.connecting
            statistics.total.leased += counts.leased
            statistics.total.idle += counts.idle
            statistics.total.waiting += counts.waiting
        }
        return statistics
    }

    private func noteDrained() {
        let waiting = state.withLock { state -> [OneShot<Void>] in
            guard !state.drained.isEmpty, state.machine.isDrained else { return [] }
            defer { state.drained = [] }
            return state.drained
        }
        for shot in waiting { shot.resolve(()) }
    }
}

/// An object told apart by being itself.
struct Identity<Object: AnyObject & Sendable>: Hashable, Sendable {
    let object: Object

    init(_ object: Object) {
        self.object = object
    }

    static func == (lhs: Identity, rhs: Identity) -> Bool { lhs.object === rhs.object }

    func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(object)) }
}
