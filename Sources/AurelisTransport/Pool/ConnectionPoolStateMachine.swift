/// Who gets which connection: limits, reuse, waiting and eviction, without any I/O.
///
/// A connection is *connecting* (only counted: it has no identity yet), *leased* or *idle*. Whoever asks is given an
/// idle connection, told to make one, queued, or refused:
///
///     switch machine.acquire(from: origin, on: loop, reusing: true, waiter: id) {
///     case .lease(let connection): ...       // use it, then `release` or `remove` it
///     case .connect(let evicted): ...        // close `evicted`, connect, then `connected` or `connectFailed`
///     case .wait: ...                        // a `Grant` for the waiter comes from a later call
///     case .refuse(let refusal): ...
///     }
///
/// Invariants: no limit is exceeded; nobody waits while the limits would let them connect or an idle connection of
/// their origin is there; every waiter is granted, removed or failed by `shutDown` exactly once.
struct ConnectionPoolStateMachine<
    Connection: Hashable & Sendable,
    Waiter: Hashable & Sendable,
    Loop: Hashable & Sendable
>:
    Sendable
{
    private var origins: [HTTPOrigin: OriginState] = [:]
    private var connections: [Connection: Entry] = [:]
    private var connectionCount = 0
    private var waiterCount = 0
    /// Numbers waiters by arrival and idle connections by the time they became idle.
    private var sequence: UInt64 = 0
    private var isShutDown = false
    private let limits: Limits

    init(limits: Limits) {
        self.limits = limits
    }
}

// MARK: - What is remembered

extension ConnectionPoolStateMachine {
    private struct Entry: Sendable {
        let origin: HTTPOrigin
        let loop: Loop
        var isLeased: Bool
    }

    private struct IdleConnection: Sendable {
        let connection: Connection
        let loop: Loop
        let since: UInt64
    }

    private struct OriginState: Sendable {
        var connecting = 0
        var leased = 0
        /// The longest unused first; taken from the end.
        var idle: [IdleConnection] = []
        var waiters = WaitQueue()
        /// Connections that went past this origin's first waiter since it became the first.
        var overtaken = 0

        var connectionCount: Int { connecting + leased + idle.count }
        var isUnused: Bool { connecting == 0 && leased == 0 && idle.isEmpty && waiters.isEmpty }
    }
}

// MARK: - Asking

extension ConnectionPoolStateMachine {
    /// Asks for a connection.
    ///
    /// An idle one of the caller's own event loop is best; then a new one there; then an idle one of another loop,
    /// which costs a hop; then the place of the longest unused connection of another origin.
    /// `reusing: false` demands a new connection, for a request that a stale one has already failed.
    mutating func acquire(
        from origin: HTTPOrigin,
        on loop: Loop?,
        reusing: Bool = true,
        waiter: @autoclosure () -> Waiter
    ) -> Acquisition {
        guard !isShutDown else { return .refuse(.shutDown) }
        if reusing, let connection = takeIdle(from: origin, on: loop, anyLoop: loop == nil) {
            return .lease(connection)
        }
        let isBelowOriginLimit = (origins[origin]?.connectionCount ?? 0) < limits.connectionsPerOrigin
        if isBelowOriginLimit, connectionCount < limits.connections {
            startConnecting(to: origin)
            return .connect(evicting: nil)
        }
        if reusing, let connection = takeIdle(from: origin, on: loop, anyLoop: true) {
            return .lease(connection)
        }
        if let victim = isBelowOriginLimit ? oldestIdle() : origins[origin]?.idle.first?.connection {
            _ = removeIdle(victim)
            startConnecting(to: origin)
            return .connect(evicting: victim)
        }
        guard waiterCount < limits.waiters else { return .refuse(.queueFull) }
        origins[origin, default: OriginState()].waiters.append(QueuedWaiter(waiter: waiter(), number: nextNumber()))
        waiterCount += 1
        return .wait
    }

    /// A waiter gives up; false when it was granted before.
    mutating func abandon(_ waiter: Waiter, origin: HTTPOrigin) -> Bool {
        guard let removedFirst = origins[origin]?.waiters.remove(waiter) else { return false }
        waiterCount -= 1
        if removedFirst { origins[origin]?.overtaken = 0 }
        forgetIfUnused(origin)
        return true
    }
}

// MARK: - What becomes of connections

extension ConnectionPoolStateMachine {
    /// A connection was made; its maker holds the lease. False after the shutdown: it must be closed, not used.
    mutating func connected(_ connection: Connection, to origin: HTTPOrigin, on loop: Loop) -> Bool {
        origins[origin]?.connecting -= 1
        guard !isShutDown else {
            connectionCount -= 1
            forgetIfUnused(origin)
            return false
        }
        origins[origin]?.leased += 1
        connections[connection] = Entry(origin: origin, loop: loop, isLeased: true)
        return true
    }

    /// A connection could not be made, or its maker lost interest.
    mutating func connectFailed(to origin: HTTPOrigin) -> Granted? {
        origins[origin]?.connecting -= 1
        connectionCount -= 1
        return admitAfterFreedPlace(origin)
    }

    /// An exchange is over and its connection can serve another.
    mutating func release(_ connection: Connection) -> Outcome {
        guard let index = connections.index(forKey: connection), connections.values[index].isLeased else {
            return Outcome()
        }
        let origin = connections.values[index].origin
        if isShutDown {
            forget(connection, origin: origin)
            return Outcome(close: connection)
        }
        if let starving = starvingOrigin(besides: origin) {
            forget(connection, origin: origin)
            return Outcome(close: connection, granted: grantConnect(to: starving))
        }
        if let next = popWaiter(of: origin) {
            return Outcome(granted: Granted(waiter: next, grant: .lease(connection)))
        }
        connections.values[index].isLeased = false
        let entry = IdleConnection(connection: connection, loop: connections.values[index].loop, since: nextNumber())
        origins[origin]?.leased -= 1
        origins[origin]?.idle.append(entry)
        return Outcome()
    }

    /// A connection is gone, whatever it was doing. Harmless for one that is not known any more.
    mutating func remove(_ connection: Connection) -> Granted? {
        guard let entry = connections[connection] else { return nil }
        if !entry.isLeased {
            _ = removeIdle(connection)
        } else {
            forget(connection, origin: entry.origin)
        }
        return admitAfterFreedPlace(entry.origin)
    }

    /// Takes an unused connection out, to be closed; false when it was leased in the meantime.
    mutating func removeIdle(_ connection: Connection) -> Bool {
        guard let entry = connections[connection], !entry.isLeased else { return false }
        origins[entry.origin]?.idle.removeAll { $0.connection == connection }
        connections[connection] = nil
        connectionCount -= 1
        forgetIfUnused(entry.origin)
        return true
    }
}

// MARK: - The end, and looking in

extension ConnectionPoolStateMachine {
    /// Refuses everything from now on. The waiters are to be failed, the idle connections closed.
    mutating func shutDown() -> (waiters: [Waiter], idle: [Connection]) {
        isShutDown = true
        var waiters: [QueuedWaiter] = []
        var idle: [Connection] = []
        for (origin, state) in origins {
            waiters += state.waiters.elements
            idle += state.idle.map(\.connection)
            origins[origin]?.waiters = WaitQueue()
        }
        waiterCount = 0
        for connection in idle { _ = removeIdle(connection) }
        for origin in Array(origins.keys) { forgetIfUnused(origin) }
        return (waiters.sorted { $0.number < $1.number }.map(\.waiter), idle)
    }

    /// Whether it was shut down and no connection is left.
    var isDrained: Bool { isShutDown && connectionCount == 0 }

    /// The connections that serve an exchange.
    var leasedConnections: [Connection] {
        connections.filter(\.value.isLeased).map(\.key)
    }

    /// Each origin's numbers.
    var counts: [HTTPOrigin: ConnectionPoolStatistics.Counts] {
        origins.mapValues { state in
            ConnectionPoolStatistics.Counts(
                connecting: state.connecting,
                leased: state.leased,
                idle: state.idle.count,
                waiting: state.waiters.count
            )
        }
    }
}

// MARK: - Steps

extension ConnectionPoolStateMachine {
    private mutating func nextNumber() -> UInt64 {
        sequence += 1
        return sequence
    }

    private mutating func startConnecting(to origin: HTTPOrigin) {
        connectionCount += 1
        origins[origin, default: OriginState()].connecting += 1
    }

    private mutating func takeIdle(from origin: HTTPOrigin, on loop: Loop?, anyLoop: Bool) -> Connection? {
        guard let originIndex = origins.index(forKey: origin) else { return nil }
        let ownIndex = origins.values[originIndex].idle.lastIndex { $0.loop == loop }
        guard let index = ownIndex ?? (anyLoop ? origins.values[originIndex].idle.indices.last : nil) else {
            return nil
        }
        let connection = origins.values[originIndex].idle.remove(at: index).connection
        origins.values[originIndex].leased += 1
        connections[connection]?.isLeased = true
        return connection
    }

    private func oldestIdle() -> Connection? {
        origins.values.compactMap(\.idle.first).min { $0.since < $1.since }?.connection
    }

    private mutating func popWaiter(of origin: HTTPOrigin) -> Waiter? {
        guard let first = origins[origin]?.waiters.popFirst() else { return nil }
        waiterCount -= 1
        origins[origin]?.overtaken = 0
        return first.waiter
    }

    /// The origin whose first waiter has been passed over too often for the total limit's sake, if any. Passing over
    /// is counted here: one freed connection of another origin at a time.
    private mutating func starvingOrigin(besides origin: HTTPOrigin) -> HTTPOrigin? {
        guard waiterCount > 0, connectionCount >= limits.connections else { return nil }
        // Nobody of its own wants the connection: the first of the others gets its place at once.
        guard let own = origins[origin]?.waiters.first else { return firstAdmissibleOrigin(besides: origin) }
        var starving: (origin: HTTPOrigin, number: UInt64)?
        for (other, state) in origins where other != origin {
            guard let first = state.waiters.first, first.number < own.number,
                state.connectionCount < limits.connectionsPerOrigin
            else { continue }
            origins[other]?.overtaken += 1
            if state.overtaken >= limits.overtakes, first.number < starving?.number ?? .max {
                starving = (other, first.number)
            }
        }
        return starving?.origin
    }

    /// The origin below its own limit whose first waiter came first.
    private func firstAdmissibleOrigin(besides excluded: HTTPOrigin? = nil) -> HTTPOrigin? {
        var best: (origin: HTTPOrigin, number: UInt64)?
        for (origin, state) in origins where origin != excluded {
            guard let first = state.waiters.first, state.connectionCount < limits.connectionsPerOrigin else { continue }
            if first.number < best?.number ?? .max { best = (origin, first.number) }
        }
        return best?.origin
    }

    private mutating func grantConnect(to origin: HTTPOrigin) -> Granted? {
        guard let waiter = popWaiter(of: origin) else { return nil }
        startConnecting(to: origin)
        return Granted(waiter: waiter, grant: .connect)
    }

    private mutating func admitAfterFreedPlace(_ origin: HTTPOrigin) -> Granted? {
        forgetIfUnused(origin)
        guard waiterCount > 0, connectionCount < limits.connections, let next = firstAdmissibleOrigin() else {
            return nil
        }
        return grantConnect(to: next)
    }

    private mutating func forget(_ connection: Connection, origin: HTTPOrigin) {
        connections[connection] = nil
        origins[origin]?.leased -= 1
        connectionCount -= 1
        forgetIfUnused(origin)
    }

    private mutating func forgetIfUnused(_ origin: HTTPOrigin) {
        if origins[origin]?.isUnused == true { origins[origin] = nil }
    }
}
