extension ConnectionPoolStateMachine {
    struct Limits: Sendable {
        var connections = 100
        var connectionsPerOrigin = 20
        var waiters = 1000
        /// How often a request that only the total limit holds back may be overtaken by later ones, to whose origin
        /// a freed connection leads already, before one is closed to make room for it. Strict order would make a
        /// connection for every request under load; no bound at all would starve it.
        var overtakes = 16
    }

    enum Acquisition: Hashable, Sendable {
        case lease(Connection)
        case connect(evicting: Connection?)
        case wait
        case refuse(Refusal)
    }

    enum Refusal: Hashable, Sendable {
        case queueFull
        case shutDown
    }

    /// What a waiter is given.
    enum Grant: Hashable, Sendable {
        case lease(Connection)
        case connect
    }

    struct Granted: Hashable, Sendable {
        var waiter: Waiter
        var grant: Grant
    }

    /// What follows from a change: a connection to close and a waiter to wake.
    struct Outcome: Hashable, Sendable {
        var close: Connection?
        var granted: Granted?
    }
}
