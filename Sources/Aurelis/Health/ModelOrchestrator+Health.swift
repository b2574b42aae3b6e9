extension ModelOrchestrator {
    /// The providers, the preferred one first, each with why it cannot be asked at all.
    package var outages: [(id: ProviderID, outage: String?)] {
        router.providers.map { ($0.id, $0.outage?.message) }
    }
}
