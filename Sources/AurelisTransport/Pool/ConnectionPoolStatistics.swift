/// What the connections of an `HTTPClient` are doing at one moment.
package struct ConnectionPoolStatistics: Sendable, Hashable {
    /// The numbers of one origin, or of all together.
    package struct Counts: Sendable, Hashable {
        /// Connections being made.
        package var connecting = 0
        /// Connections that serve an exchange.
        package var leased = 0
        /// Connections kept for later.
        package var idle = 0
        /// Requests that wait for a connection.
        package var waiting = 0
    }

    /// Each origin that has a connection or a waiting request.
    package var origins: [HTTPOrigin: Counts] = [:]
    /// All origins together.
    package var total = Counts()
}
