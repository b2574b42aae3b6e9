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

    private let outlook: BatchOutlook
    private let time: any TimeSource
    private let write: @Sendable (String) -> Void
    private let state: Mutex<State>

    /// - Parameter write: writes what is to be seen.
    init(
        _ meter: BatchMeter,
        _ outlook: BatchOutlook,
        time: any TimeSource = SystemTimeSource(),
        write: @escaping @Sendable (String) -> Void
    ) {
        self.outlook = outlook
        self.time = time
        self.write = write
        state = Mutex(State(meter: meter))
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
            if let text = state.meter.ending() { write(text) }
        }
    }

    /// Shows the last that is known again and again, until it is cancelled.
    func run() async {
        while (try? await time.sleep(until: time.now.advanced(by: Self.interval))) != nil {
            state.withLock { draw(&$0) }
        }
    }

    private func draw(_ state: inout State) {
        guard !state.isOver, let progress = state.progress else { return }
        state.meter.earliestEnd = outlook.end
        if let text = state.meter.text(progress, at: time.now) { write(text) }
    }
}
