internal import Synchronization

/// The counters of a data directory, whatever becomes of their file.
///
/// When somebody deletes the file while it is in use, the processes that have the old one and those that make a new one
/// no longer hear of each other; `refresh` ends that.
final class GenerationCounters: Sendable {
    private struct State {
        var file: GenerationFile?
        /// What is added to the file's numbers, so that a change of files is a change of numbers.
        var offset: UInt64 = 0
        var error: (any Error)?
    }

    private let path: String
    private let state: Mutex<State>

    /// The counters in a file.
    init(path: String) {
        self.path = path
        do {
            state = Mutex(State(file: try GenerationFile(path: path)))
        } catch {
            state = Mutex(State(error: error))
        }
    }

    /// Why there are none; nil when there are.
    var error: (any Error)? { state.withLock(\.error) }

    /// A number that changes with every addition.
    var additions: UInt64 { state.withLock { ($0.file?.additions ?? 0) &+ $0.offset } }

    /// A number that changes with every invalidation.
    var invalidations: UInt64 { state.withLock { ($0.file?.invalidations ?? 0) &+ $0.offset } }

    /// Tells every process that there are more answers.
    ///
    /// - Returns: the numbers of additions before and after.
    func countAddition() -> (before: UInt64, after: UInt64) {
        state.withLock { state in
            let before = (state.file?.countAddition() ?? 0) &+ state.offset
            return (before, before &+ 1)
        }
    }

    /// Tells every process that answers count no more.
    func countInvalidation() { state.withLock { $0.file?.countInvalidation() } }

    /// Sees to it that the file is the one that is at its path.
    func refresh() {
        state.withLock { state in
            if let file = state.file, let identity = file.identity, FileIdentity(path: path) == identity { return }
            do {
                let file = try GenerationFile(path: path)
                let old = max((state.file?.additions ?? 0), (state.file?.invalidations ?? 0)) &+ state.offset
                state = State(file: file, offset: old &+ 1)
            } catch {
                state.error = error
            }
        }
    }
}
