internal import ArgumentParser
internal import AurelisSimulator

/// A plan of the simulated platform on the command line.
struct TierArgument: WordArgument, Hashable, Sendable {
    let tier: SimulatorTier

    init(_ tier: SimulatorTier) { self.tier = tier }

    init?(argument: String) {
        guard let tier = SimulatorTier(rawValue: argument.lowercased()) else { return nil }
        self.tier = tier
    }

    /// As the configuration writes it.
    var name: String { tier.rawValue }

    static var allValueStrings: [String] { SimulatorTier.allCases.map(\.rawValue) }

    var defaultValueDescription: String { name }
}
