/// Everything that a process knows of its health without asking anybody: what looks are made from.
package struct HealthReadings: Sendable {
    /// A layer of the cache.
    package struct Layer: Sendable, Hashable {
        /// Its name.
        package var name: String
        /// How it is.
        package var state: HealthState
        /// Why it is in trouble.
        package var reason: String?

        /// A layer.
        package init(_ name: String, _ state: HealthState, _ reason: String? = nil) {
            self.name = name
            self.state = state
            self.reason = reason
        }
    }

    /// The audit log.
    package struct Audit: Sendable, Hashable {
        /// Why it cannot be written; nil: it can.
        package var failure: String?
        /// Whether nothing is answered that cannot be recorded.
        package var blocks: Bool

        /// Its condition.
        package init(failure: String?, blocks: Bool) {
            self.failure = failure
            self.blocks = blocks
        }
    }

    /// The data directory.
    package struct Storage: Sendable, Hashable {
        /// Why it cannot be written; nil: it can.
        package var failure: String?
        /// How many bytes are free there; nil: nobody knows.
        package var free: Int64?

        /// Its condition.
        package init(failure: String? = nil, free: Int64? = nil) {
            self.failure = failure
            self.free = free
        }
    }

    /// What the circuits know.
    package var routes: [RouteStatus] = []
    /// The providers that are configured, each with why it cannot be asked at all.
    package var providers: [(id: ProviderID, outage: String?)] = []
    /// What stands against providers.
    package var evidence: [ProviderID: ProviderEvidence] = [:]
    /// How routes failed last.
    package var failures: [Route: RouteFailure] = [:]
    /// The layers of the cache.
    package var layers: [Layer] = []
    /// The audit log; nil: there is none.
    package var audit: Audit?
    /// The data directory; nil: there is none.
    package var storage: Storage?
    /// What is used of the quotas.
    package var quota: QuotaReport?

    /// Nothing.
    package init() {}
}
