/// Which models serve which task, best first.
///
///     RoutingTable.standard[.documentation]   // command-r, command-r-plus, gpt-4o-mini
///
/// Total: every task has a row. The global fallback closes every row.
public struct RoutingTable: Sendable, Hashable {
    private var rows: [TaskType: [ModelID]]
    /// The last resort of every task; nil: none.
    public var globalFallback: ModelID?
    /// Names of your own, each for a model or for several in the order of preference. Resolved once: an alias of an
    /// alias is a model's name.
    public var aliases: [ModelID: [ModelID]] = [:]
    /// Models that may stand for each other when one fails, before the models of the task are asked.
    public var equivalents: [[ModelID]] = []

    /// The standard table with some rows replaced.
    public init(replacing rows: [TaskType: [ModelID]] = [:], globalFallback: ModelID? = .gpt4oMini) {
        self.rows = RoutingTable.standardRows.merging(rows) { _, replacement in replacement }
        self.globalFallback = globalFallback
    }

    /// The models of a task, best first, without the global fallback.
    public subscript(task: TaskType) -> [ModelID] {
        rows[task] ?? []
    }

    /// The models that a name stands for: itself, when it is no alias.
    func resolve(_ name: ModelID) -> [ModelID] {
        guard !aliases.isEmpty else { return [name] }
        return aliases[name] ?? [name]
    }

    /// The models that may stand for any of these, in the order of their classes.
    func equivalents(of models: [ModelID]) -> [ModelID] {
        equivalents.filter { $0.contains(where: models.contains) }.flatMap(\.self)
    }

    /// The table of the design document, completed for every task.
    public static let standard = RoutingTable()

    private static let standardRows: [TaskType: [ModelID]] = [
        .codeGeneration: [.codestral2501, .gpt4o, .llama31x70B],
        .codeCompletion: [.codestral2501, .gpt4oMini],
        .codeOptimization: [.codestral2501, .llama31x70B, .gpt4o],
        .refactoring: [.codestral2501, .llama31x70B],
        .debugging: [.codestral2501, .gpt4o, .llama31x70B],
        .codeReview: [.codestral2501, .gpt4o, .llama31x70B],
        .testing: [.codestral2501, .gpt4o, .llama31x70B],
        .documentation: [.commandR, .commandRPlus, .gpt4oMini],
        .explanation: [.commandR, .mistralNemo, .gpt4oMini],
        .complexReasoning: [.gpt4o, .llama31x405B, .mistralLarge],
        .architecturalDecision: [.gpt4o, .llama31x405B, .mistralLarge],
        .toolUse: [.gpt4o, .gpt4oMini, .commandRPlus],
        .multimodalAnalysis: [.gpt4o, .gpt4oMini],
        .analysis: [.gpt4oMini, .mistralNemo, .commandR],
        .translation: [.gpt4oMini, .mistralNemo, .commandR],
        .general: [.gpt4oMini, .mistralNemo, .commandR],
    ]
}
