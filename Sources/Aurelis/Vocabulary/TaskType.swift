/// What a request is for; routing, caching and metrics go by it.
///
///     let task = try TaskType(parsing: "code-review")   // .codeReview
public enum TaskType: String, Sendable, Hashable, CaseIterable, Codable {
    case codeGeneration
    case codeCompletion
    case codeOptimization
    case refactoring
    case debugging
    case codeReview
    case testing
    case documentation
    case explanation
    case complexReasoning
    case architecturalDecision
    case toolUse
    case multimodalAnalysis
    case analysis
    case translation
    case general

    /// Reads a task's name; case, `-` and `_` do not matter.
    ///
    /// - Throws: `invalidRequest`, naming every task there is, for a name that is none of them.
    public init(parsing name: String) throws(ModelError) {
        if let exact = TaskType(rawValue: name) {
            self = exact
            return
        }
        let wanted = TaskType.folded(name)
        guard let task = TaskType.allCases.first(where: { TaskType.folded($0.rawValue) == wanted }) else {
            let known = TaskType.allCases.map(\.rawValue).joined(separator: ", ")
            throw ModelError(.invalidRequest, "unknown task \"\(name)\"; the tasks are: \(known)", code: "unknown_task")
        }
        self = task
    }

    private static func folded(_ name: String) -> String {
        String(name.lowercased().filter { $0 != "-" && $0 != "_" })
    }
}
