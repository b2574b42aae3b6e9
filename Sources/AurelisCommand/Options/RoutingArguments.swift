internal import ArgumentParser
internal import Aurelis

/// Models separated by commas.
struct ModelsArgument: ExpressibleByArgument {
    let models: [ModelID]

    init?(argument: String) {
        let names = argument.split(separator: ",", omittingEmptySubsequences: false)
        guard !names.isEmpty, names.allSatisfy({ !$0.isEmpty }) else { return nil }
        models = names.map { ModelID(String($0)) }
    }
}

/// The name of a cache policy.
struct CachePolicyArgument: WordArgument {
    let policy: CachePolicy

    init?(argument: String) {
        guard let policy = CachePolicy(rawValue: argument) else { return nil }
        self.policy = policy
    }

    static var allValueStrings: [String] { CachePolicy.allCases.map(\.rawValue) }
}

/// The name of a routing strategy.
struct StrategyArgument: WordArgument {
    let strategy: RoutingStrategy

    init?(argument: String) {
        guard let strategy = RoutingStrategy(rawValue: argument) else { return nil }
        self.strategy = strategy
    }

    static var allValueStrings: [String] { RoutingStrategy.allCases.map(\.rawValue) }
}
