internal import ArgumentParser
internal import Aurelis

/// A task on the command line, read as forgivingly as the gateway does: `codeReview`, `code-review`, `code_review`.
struct TaskArgument: WordArgument, Hashable, Sendable {
    let task: TaskType

    init(_ task: TaskType) { self.task = task }

    init?(argument: String) {
        guard let task = try? TaskType(parsing: argument) else { return nil }
        self.task = task
    }

    static var allValueStrings: [String] { TaskType.allCases.map(\.rawValue) }

    var defaultValueDescription: String { task.rawValue }
}
