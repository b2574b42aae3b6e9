internal import Synchronization

/// A small sign that an answer is awaited, gone as soon as there is something to show.
final class WaitingSign: Sendable {
    private let output: TextOutput
    private let isShown: Bool
    private let isThere = Mutex(false)

    init(_ output: TextOutput, isShown: Bool) {
        self.output = output
        self.isShown = isShown
    }

    func show() {
        guard isShown else { return }
        isThere.withLock { isThere in
            guard !isThere else { return }
            output.note(output.style(.quiet, "…"))
            isThere = true
        }
    }

    func hide() {
        isThere.withLock { isThere in
            guard isThere else { return }
            output.note("\r\u{1B}[K")
            isThere = false
        }
    }
}
