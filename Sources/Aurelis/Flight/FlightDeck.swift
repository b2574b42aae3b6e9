internal import Synchronization

/// The calls under way that others may join: one for each answer that is being asked for.
///
/// Bounded by the calls themselves: each has one flight at most.
final class FlightDeck: Sendable {
    /// Two calls are equal when the same answer serves both, and may come about in the same ways.
    struct Key: Hashable, Sendable {
        let answer: CacheKey
        /// One that wants a new answer joins none that may bring an old one.
        let isRefresh: Bool
        /// Who may go on with a stream that breaks.
        let fallback: FallbackRule
        /// Whether a stream that breaks may begin again.
        let restarts: Bool
        /// What had been invalidated before it: who asks after an invalidation joins nobody who asked before.
        let invalidations: UInt64
    }

    private let flights = Mutex<[Key: Flight]>([:])

    /// A place in the flight of a key, which is made when there is none.
    func board(
        _ key: Key,
        _ priority: RequestPriority,
        _ make: () -> Flight
    ) -> (flight: Flight, id: Flight.PassengerID, isFirst: Bool) {
        flights.withLock { flights in
            if let flight = flights[key], let id = flight.board(priority) { return (flight, id, false) }
            let flight = make()
            flights[key] = flight
            // A new flight has room for everybody.
            return (flight, flight.board(priority) ?? 0, true)
        }
    }

    /// A flight can be joined no more.
    func close(_ key: Key, _ flight: Flight) {
        flights.withLock { flights in
            if flights[key] === flight { flights[key] = nil }
        }
    }

    /// The number of calls under way.
    var count: Int { flights.withLock(\.count) }

    /// The number of those who wait for them.
    var passengers: Int { flights.withLock { Array($0.values) }.reduce(0) { $0 + $1.passengers } }
}
