/// The state of one request on its way: its deadline, its attempt budget and its trace.
struct Journey {
    private(set) var trace: RouteTrace
    private let deadline: Deadline
    private let maximumAttempts: Int
    /// Whether the caller chose the deadline; one that is too short says nothing about the service.
    private let isCallersDeadline: Bool

    init(call: ModelCall, configuration: OrchestratorConfiguration, start: ContinuousClock.Instant) {
        self.trace = RouteTrace()
        self.deadline = Deadline(call.timeout ?? configuration.requestTimeout, from: start)
        self.maximumAttempts = configuration.maximumAttempts
        self.isCallersDeadline = call.timeout != nil
    }

    /// The time the next attempt may take.
    func remaining(at now: ContinuousClock.Instant) -> Duration {
        deadline.remaining(at: now)
    }

    /// Whether another candidate may still be asked.
    func mayContinue(at now: ContinuousClock.Instant) -> Bool {
        trace.attempts.count < maximumAttempts && deadline.remaining(at: now) > .zero
    }

    /// Whether the same candidate may be asked again after `wait`.
    func admits(wait: Duration, at now: ContinuousClock.Instant) -> Bool {
        trace.attempts.count < maximumAttempts && deadline.admits(wait: wait, at: now)
    }

    /// What a failed attempt teaches about the service.
    func lesson(of failure: ModelError, at now: ContinuousClock.Instant) -> CircuitBreaker.Outcome {
        switch failure.category {
        case .timeout where isCallersDeadline && deadline.remaining(at: now) == .zero: .neutral
        case .upstream, .connection, .timeout: .fault
        default: .neutral
        }
    }
}

extension Journey {
    /// Notes who was considered.
    mutating func consider(_ candidates: [RouteTrace.Candidate]) {
        trace.candidates += candidates
    }

    /// Notes why a candidate was passed over after all.
    mutating func reject(_ candidate: Router.Candidate, reason: String) {
        let index = trace.candidates.firstIndex {
            $0.model == candidate.model.id && $0.provider == candidate.provider.id
        }
        if let index { trace.candidates[index].rejection = reason }
    }

    /// Notes an attempt with its outcome.
    mutating func record(_ candidate: Router.Candidate, failure: ModelError?, duration: Duration) {
        trace.attempts.append(
            RouteTrace.Attempt(
                model: candidate.model.id,
                provider: candidate.provider.id,
                failure: failure?.category,
                reason: failure?.message,
                status: failure?.status,
                duration: duration
            )
        )
    }

    /// Notes a wait after the last attempt.
    mutating func recordWait(_ wait: Duration) {
        guard !trace.attempts.isEmpty else { return }
        trace.attempts[trace.attempts.count - 1].waitAfter = wait
    }
}
