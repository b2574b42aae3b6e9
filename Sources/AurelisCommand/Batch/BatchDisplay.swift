internal import Aurelis
internal import Synchronization

/// Shows how far a batch is: at once when something happens, and again as time goes by, because a wait is told in minutes
/// that become fewer.
final class BatchDisplay: Sendable {
    private struct State {
        var meter: BatchMeter
        var progress: BatchProgress?
        var isOver = false
    }

    private static let interval: Duration = .milliseconds(500)

    private let output: TextOutput
    private let outlook: BatchOutlook
    private let state: Mutex<State>

    init(_ output: TextOutput, _ outlook: BatchOutlook) {
        self.output = output
        self.outlook = outlook
        state = Mutex(State(meter: BatchMeter(output, at: .now)))
    }

    /// Shows what is new.
    func show(_ progress: BatchProgress) {
        state.withLock { state in
            state.progress = progress
            draw(&state)
        }
    }

    /// Takes the line away; nothing is shown any more.
    func end() {
        state.withLock { state in
            state.isOver = true
            if let text = state.meter.ending() { output.note(text) }
        }
    }

    /// Shows the last that is known again and again, until it is cancelled.
    func run() async {
        while (try? await Task.sleep(for: Self.interval)) != nil {
            state.withLock { draw(&$0) }
        }
    }

    private func draw(_ state: inout State) {
        guard !state.isOver, let progress = state.progress else { return }
        state.meter.earliestEnd = outlook.end
        if let text = state.meter.text(progress, at: .now) { output.note(text) }
    }
}
