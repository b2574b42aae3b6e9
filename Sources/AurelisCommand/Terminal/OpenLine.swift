internal import Synchronization

/// Whether the answer has not ended the line it stands on: what is said beside it then begins a line of its own.
final class OpenLine: Sendable {
    private let state = Mutex(false)

    /// Takes note of what was written.
    func wrote(_ text: String) {
        guard let last = text.unicodeScalars.last else { return }
        state.withLock { $0 = last != "\n" }
    }

    /// Takes note that the line is ended.
    ///
    /// - Returns: whether it still has to be.
    func end() -> Bool {
        state.withLock { isOpen in
            defer { isOpen = false }
            return isOpen
        }
    }
}
