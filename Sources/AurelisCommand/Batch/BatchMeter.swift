internal import Aurelis

/// Shows how far a batch is: a line that is drawn anew on a terminal, ten times a second at most; elsewhere a line for
/// every tenth of the items.
struct BatchMeter: Sendable {
    private static let pause: Duration = .milliseconds(100)
    private static let barWidth = 20

    /// Whether a line can be drawn over.
    private let isTerminal: Bool
    private let columns: Int
    private let style: Style
    /// How long a wait is, as a time of the day.
    private let clock: @Sendable (Duration) -> String
    private let start: ContinuousClock.Instant
    private var drawn: ContinuousClock.Instant?
    private var tenths: Int?
    /// Before that the quotas do not allow the end.
    var earliestEnd: ContinuousClock.Instant?

    /// A meter for an output.
    ///
    /// - Parameter isDumb: whether the terminal does not know how to take a line away.
    init(
        _ output: TextOutput,
        at start: ContinuousClock.Instant,
        isDumb: Bool = ProcessEnvironment.current["TERM"] == "dumb",
        clock: @escaping @Sendable (Duration) -> String = TimeOfDay.after
    ) {
        isTerminal = output.isTerminal && !isDumb
        columns = output.columns
        style = output.style
        self.start = start
        self.clock = clock
    }

    /// What is to be written now; nil: nothing.
    mutating func text(_ progress: BatchProgress, at now: ContinuousClock.Instant) -> String? {
        guard let total = progress.total, total > 0 else { return nil }
        if isTerminal {
            if let drawn, drawn.duration(to: now) < Self.pause { return nil }
            drawn = now
            return "\r\u{1B}[K" + line(progress, of: total, at: now)
        }
        let reached = progress.done * 10 / total
        defer { tenths = reached }
        guard let tenths, reached > tenths else { return nil }
        return
            "\(progress.done) of \(total) (\(progress.done * 100 / total) %)\(details(progress, of: total, at: now))\n"
    }

    /// Takes the line away, so that something else can be written.
    func ending() -> String? { isTerminal && drawn != nil ? "\r\u{1B}[K" : nil }

    private func line(_ progress: BatchProgress, of total: Int, at now: ContinuousClock.Instant) -> String {
        let filled = min(Self.barWidth, progress.done * Self.barWidth / total)
        let bar =
            style(.good, String(repeating: "█", count: filled))
            + style(.quiet, String(repeating: "░", count: Self.barWidth - filled))
        let text = " \(progress.done)/\(total)\(details(progress, of: total, at: now))"
        return bar + text.prefix(max(0, columns - Self.barWidth - 1))
    }

    private func details(_ progress: BatchProgress, of total: Int, at now: ContinuousClock.Instant) -> String {
        var parts: [String] = []
        if progress.failed > 0 { parts.append("\(progress.failed) failed") }
        if progress.cached > 0 { parts.append("\(progress.cached) from the cache") }
        if progress.coalesced > 0 { parts.append("\(progress.coalesced) shared") }
        if progress.left > 0 { parts.append("\(progress.left) left") }
        if let until = progress.resumesAt, progress.inFlight == 0 {
            parts.append("a limit is waited out until \(clock(max(.zero, now.duration(to: until))))")
        } else if let rest = remaining(progress, of: total, at: now) {
            parts.append("about \(rest.readable) left")
        }
        return parts.map { ", \($0)" }.joined()
    }

    /// How long the rest takes at the pace of this run, and as the quotas allow; nil while that is anybody's guess.
    private func remaining(_ progress: BatchProgress, of total: Int, at now: ContinuousClock.Instant) -> Duration? {
        let done = progress.done - progress.restored
        let elapsed = start.duration(to: now)
        guard done >= 3, elapsed >= .seconds(1), progress.done < total else { return nil }
        let pace = elapsed / done * (total - progress.done)
        let rest = max(pace, earliestEnd.map { now.duration(to: $0) } ?? .zero)
        return .seconds(max(1, rest.components.seconds))
    }
}
