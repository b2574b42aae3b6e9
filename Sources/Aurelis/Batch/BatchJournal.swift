internal import Synchronization

/// Where the results of a batch are kept, so that a run that is killed goes on where it was.
///
/// The library brings one that keeps them in memory; Aurelis' command keeps them in its data directory.
public protocol BatchJournal: Sendable {
    /// The items that need not be asked any more.
    func settled() async throws(BatchError) -> BatchSettled

    /// Keeps results. When this returns, neither the end of the process nor that of the machine's power may lose them;
    /// it is not to be left early because the task was cancelled.
    func record(_ entries: [BatchEntry]) async throws(BatchError)

    /// The result of an item; nil when none is kept.
    func result(of number: Int) async throws(BatchError) -> BatchResult?
}

/// The items that have a result.
public struct BatchSettled: Sendable, Hashable {
    /// The numbers of those that were answered.
    public var answered: Set<Int>
    /// The numbers of those that failed for good: another try would fail again.
    public var failed: Set<Int>
    /// The item that was answered for each key: an equal item needs no answer of its own, even one that comes before it.
    public var answers: [BatchKey: Int]

    /// Some items.
    public init(answered: Set<Int> = [], failed: Set<Int> = [], answers: [BatchKey: Int] = [:]) {
        self.answered = answered
        self.failed = failed
        self.answers = answers
    }

    /// Whether an item needs no answer any more.
    package func has(_ number: Int) -> Bool { answered.contains(number) || failed.contains(number) }
}

/// A result on its way into a journal.
public struct BatchEntry: Sendable {
    /// The item: its line in the input, or its place in the list, from 1.
    public var number: Int
    /// Whether another run need not ask again: it is an answer, or an error that would come again.
    public var isFinal: Bool
    /// How often the item was asked.
    public var attempts: Int
    /// What it has in common with equal items; nil when it got its result from one, or shares none.
    public var key: BatchKey?
    /// What became of it.
    public var result: BatchResult

    /// An entry.
    public init(number: Int, isFinal: Bool, attempts: Int, key: BatchKey? = nil, result: BatchResult) {
        self.number = number
        self.isFinal = isFinal
        self.attempts = attempts
        self.key = key
        self.result = result
    }
}

/// Keeps results in memory: for as long as the process lives.
public final class BatchMemory: BatchJournal {
    private let entries = Mutex<[Int: BatchEntry]>([:])

    /// An empty journal.
    public init() {}

    /// The items that need not be asked any more.
    public func settled() -> BatchSettled {
        entries.withLock { entries in
            var settled = BatchSettled()
            for entry in entries.values where entry.isFinal {
                if entry.result.isAnswered {
                    settled.answered.insert(entry.number)
                    if let key = entry.key { settled.answers[key] = entry.number }
                } else {
                    settled.failed.insert(entry.number)
                }
            }
            return settled
        }
    }

    /// Keeps results.
    public func record(_ new: [BatchEntry]) {
        entries.withLock { entries in for entry in new { entries[entry.number] = entry } }
    }

    /// The result of an item.
    public func result(of number: Int) -> BatchResult? { entries.withLock { $0[number]?.result } }
}
