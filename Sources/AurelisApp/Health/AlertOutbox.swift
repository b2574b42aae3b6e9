internal import Aurelis
internal import Logging
internal import Synchronization

/// What one receiver has yet to be told, in order; bounded, the oldest give way.
final class AlertOutbox: Sendable {
    private struct State {
        var schedule: AlertSchedule
        var waiting: [HealthAlert] = []
        var dropped = 0
        var listener: AsyncStream<Void>.Continuation?
    }

    /// More is not told anybody hours later.
    static let limit = 64

    let receiver: AlertReceiver
    private let retry: AlertRetry
    private let time: any TimeSource
    private let random: any RandomSource
    private let logger: Logger
    private let state: Mutex<State>

    init(
        _ receiver: AlertReceiver,
        retry: AlertRetry = AlertRetry(),
        time: any TimeSource,
        random: any RandomSource = SystemRandomSource(),
        logger: Logger
    ) {
        self.receiver = receiver
        self.retry = retry
        self.time = time
        self.random = random
        self.logger = logger
        state = Mutex(State(schedule: AlertSchedule(repeat: receiver.reminds)))
    }

    /// How many alerts wait.
    var count: Int { state.withLock(\.waiting.count) }

    /// How many alerts gave way to others.
    var dropped: Int { state.withLock(\.dropped) }

    /// Takes what a look has shown.
    func take(_ transitions: [HealthTransition], _ report: HealthReport, from sender: HealthAlert.Sender) {
        let now = time.now
        let listener = state.withLock { state in
            let told = state.schedule.take(transitions, at: now) + state.schedule.reminders(of: report, at: now)
            for (event, transition) in told {
                if state.waiting.count >= Self.limit {
                    // Not the first, which may be on its way.
                    state.waiting.remove(at: 1)
                    state.dropped += 1
                }
                state.waiting.append(HealthAlert(event, transition, from: sender))
            }
            return told.isEmpty ? nil : state.listener
        }
        listener?.yield()
    }

    /// Tells what waits, and what comes, until the task is cancelled; what was not told by then waits on.
    func run() async {
        let (news, listener) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        state.withLock { $0.listener = listener }
        listener.yield()
        for await _ in news {
            while !Task.isCancelled, let alert = state.withLock(\.waiting.first) {
                guard await tell(alert) else { return }
                state.withLock { $0.waiting.removeAll { $0.id == alert.id } }
            }
        }
    }

    /// - Returns: false when it was interrupted.
    private func tell(_ alert: HealthAlert) async -> Bool {
        var attempts = 0
        while true {
            attempts += 1
            let problem: String
            switch await receiver.deliver(alert) {
            case .delivered: return true
            case .refused(let reason):
                lose(alert, reason, attempts)
                return !Task.isCancelled
            case .failed(let reason): problem = reason
            }
            if Task.isCancelled { return false }
            guard let wait = retry.wait(after: attempts, chance: random.nextUnit()) else {
                lose(alert, problem, attempts)
                return true
            }
            do { try await time.sleep(until: time.now.advanced(by: wait)) } catch { return false }
        }
    }

    private func lose(_ alert: HealthAlert, _ reason: String, _ attempts: Int) {
        logger.error(
            "\(receiver.name) was not told that \(alert.line): \(reason)",
            metadata: ["event": "alert_lost", "attempts": "\(attempts)"]
        )
    }
}
