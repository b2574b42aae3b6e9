/// What becomes of a batch that a collector did not take: sent again after a while, or given up. A value without I/O.
package struct ExportBackoff: Sendable, Hashable {
    /// What came of an attempt.
    package enum Outcome: Sendable, Hashable {
        /// The collector has it.
        case taken
        /// It may take it later.
        case later(after: Duration?)
        /// It never will.
        case refused
    }

    /// What is to be done.
    package enum Action: Sendable, Hashable {
        /// The next batch.
        case next
        /// This one again, after a wait.
        case again(after: Duration)
        /// This one is lost.
        case giveUp
    }

    private var failures = 0

    /// How often one batch is sent.
    package static let maximumAttempts = 5
    private static let longest: Duration = .seconds(30)

    /// No failure yet.
    package init() {}

    /// Whether nothing was taken since a failure: one outage, however many batches it costs.
    package private(set) var isFailing = false

    /// Takes note of an attempt.
    package mutating func note(_ outcome: Outcome) -> Action {
        isFailing = outcome != .taken
        switch outcome {
        case .taken:
            failures = 0
            return .next
        case .refused:
            failures = 0
            return .giveUp
        case .later(let asked):
            failures += 1
            guard failures < Self.maximumAttempts else {
                failures = 0
                return .giveUp
            }
            let wait = Duration.seconds(1) * Double(1 << (failures - 1))
            return .again(after: min(max(wait, asked ?? .zero), Self.longest))
        }
    }
}
