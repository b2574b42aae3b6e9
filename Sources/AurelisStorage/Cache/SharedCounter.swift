internal import Synchronization

/// A counter of a data directory, whatever becomes of its file.
///
/// Its value is this process's own: it grows by at least one with every count of any process, and when the file was
/// deleted, replaced, shortened or written to by somebody who does not count. It may grow by one more for a count of another
/// process, whose traces in the file (its time and its length) may be seen one after the other.
final class SharedCounter: Sendable {
    fileprivate struct State: ~Copyable {
        var file: CountFile?
        var look: CountFile.Look?
        var value: UInt64 = 0
        var error: (any Error)?
    }

    private let path: String
    private let state: Mutex<State>

    /// The counter in a file.
    init(path: String) {
        self.path = path
        var state = State()
        state.open(path)
        state.value = 0
        self.state = Mutex(state)
    }

    /// Why there is none; nil when there is one.
    var error: (any Error)? { state.withLock { $0.error } }

    /// A number that changes with every count.
    var value: UInt64 {
        state.withLock { state in
            state.follow(path)
            return state.value
        }
    }

    /// Counts one, for every process.
    ///
    /// - Returns: the value before and after; more than one lies between them when another process counted meanwhile.
    @discardableResult
    func increment() -> (before: UInt64, after: UInt64) {
        state.withLock { state in
            state.follow(path)
            let before = state.value
            state.file?.increment()
            state.follow(path)
            return (before, state.value)
        }
    }

    /// Sees to it that the file is the one that is at its path.
    func refresh() {
        state.withLock { state in
            if let identity = state.file?.identity, FileIdentity(path: path) == identity { return }
            state.open(path)
        }
    }
}

extension SharedCounter.State {
    /// Opens what is at the path, which is a change.
    fileprivate mutating func open(_ path: String) {
        do {
            file = nil
            let new = try CountFile(path: path)
            look = new.look()
            file = consume new
            error = nil
            value += 1
        } catch {
            if self.error == nil { value += 1 }
            self.error = error
        }
    }

    fileprivate mutating func follow(_ path: String) {
        guard error == nil else { return }
        guard let now = file?.look() else { return open(path) }
        guard let look, now != look else { return }
        value += now.length > look.length ? now.length - look.length : 1
        self.look = now
    }
}
