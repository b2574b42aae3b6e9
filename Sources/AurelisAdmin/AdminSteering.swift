package import Aurelis

/// What the control plane works on beside `AdminResources`, each where there is such a thing.
package struct AdminSteering: Sendable {
    /// The keys; nil: there is no place where they are kept.
    package var keys: (any KeyDesk)?
    /// The configuration.
    package var configuration: any ConfigurationDesk
    /// The requests of a selection, the newest first.
    package var requests: @Sendable (RequestSelection) async throws -> RequestPage
    /// The batches that have not ended, the newest first, and how many there are; nil: nobody keeps batches here.
    package var batches: (@Sendable (_ limit: Int) async throws -> (batches: [BatchRecord], open: Int))?

    /// What the control plane works on.
    package init(
        keys: (any KeyDesk)?,
        configuration: any ConfigurationDesk,
        requests: @escaping @Sendable (RequestSelection) async throws -> RequestPage,
        batches: (@Sendable (_ limit: Int) async throws -> (batches: [BatchRecord], open: Int))?
    ) {
        self.keys = keys
        self.configuration = configuration
        self.requests = requests
        self.batches = batches
    }
}
