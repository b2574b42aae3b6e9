internal import AurelisApp
internal import AurelisProviders

/// Says which configured providers have ended, so that nobody waits for an answer from them.
enum RetirementNotice {
    /// A line for each provider whose preset is retired and that has no address of its own.
    static func all(_ configuration: Configuration) -> [String] {
        configuration.providers.compactMap { provider in
            guard provider.baseURL == nil else { return nil }
            guard let retirement = try? ProviderPreset.named(provider.preset).retirement else { return nil }
            return "\(provider.id): \(retirement.message); \(retirement.wayOut)"
        }
    }
}
