/// The state of one request on its way: its deadline, its attempt budget and its trace.
struct Journey {
    private(set) var trace: RouteTrace
    let isStream: Bool
    /// When the request came in.
    let start: ContinuousClock.Instant
    /// When its last attempt ended.
    private(set) var lastMoment: ContinuousClock.Instant
    private(set) var deadline: Deadline
    /// How long it may still wait for quotas without its deadline coming nearer.
    private(set) var patience: Duration
    private let maximumAttempts: Int
    /// Whether the caller chose the deadline; one that is too short says nothing about the service.
    private let isCallersDeadline: Bool
    /// Models whose window was too small, and the largest of those windows that is known.
    private var tooSmall: (models: [ModelID], limit: Int?) = ([], nil)

    init(call: ModelCall, configuration: OrchestratorConfiguration, start: ContinuousClock.Instant) {
        trace = RouteTrace()
        if let inspection = call.inspection, !inspection.notices.isEmpty { trace.findings = inspection.notices }
        isStream = call.stream
        self.start = start
        lastMoment = start
        deadline = Deadline(call.timeout ?? configuration.requestTimeout, from: start)
        patience = call.quotaTimeout ?? .zero
        maximumAttempts = configuration.maximumAttempts
        isCallersDeadline = call.timeout != nil
    }

    /// The same journey with its trace and attempts, and the time it began with: for the rest of a stream.
    init(
        continuing journey: Journey,
        call: ModelCall,
        configuration: OrchestratorConfiguration,
        start: ContinuousClock.Instant
    ) {
        self.init(call: call, configuration: configuration, start: start)
        trace = journey.trace
        tooSmall = journey.tooSmall
    }

    /// Notes that the answer is there without an attempt.
    mutating func arrive(at now: ContinuousClock.Instant) { lastMoment = now }

    /// Notes what the cache had to do with the answer.
    mutating func recordCache(_ status: CacheStatus) { trace.cache = status }

    /// Notes that the answer of another request, which was under way, was waited for.
    mutating func recordShared(
        _ candidate: Candidate,
        with request: RequestID,
        failure: ModelError?,
        since start: ContinuousClock.Instant,
        at now: ContinuousClock.Instant
    ) {
        record(candidate, failure: failure, duration: start.duration(to: now), at: now)
        trace.attempts[trace.attempts.count - 1].purpose = .shared
        if failure == nil { trace.cache = .shared(request) }
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

    /// Whether there is the time to wait for a turn that may come, and then for an answer.
    func admitsTurn(after wait: Duration, at now: ContinuousClock.Instant) -> Bool {
        trace.attempts.count < maximumAttempts && wait < turnPatience(at: now)
    }

    /// How long a turn is worth waiting for: what is left after it is for the answer, a tenth of all that there was. A
    /// request that is sent with its last moments is paid for and lost.
    func turnPatience(at now: ContinuousClock.Instant) -> Duration {
        max(patience, deadline.remaining(at: now) - start.duration(to: deadline.instant) / 10)
    }

    /// The latest moment at which it can still be under way.
    var lastDeadline: ContinuousClock.Instant { deadline.instant.advanced(by: patience) }

    /// Whether a candidate's window may be large enough after what others said; notes the rejection when it is not.
    mutating func fits(_ candidate: Candidate) -> Bool {
        guard !tooSmall.models.isEmpty else { return true }
        let isTried = tooSmall.models.contains(candidate.model.id)
        let isSmaller = candidate.model.inputLimit.map { $0 <= tooSmall.limit ?? 0 } ?? false
        guard isTried || isSmaller else { return true }
        reject(candidate, reason: "its window is no larger than the one that was too small")
        return false
    }

    /// Notes what a failure says about the candidates to come.
    mutating func learn(from failure: ModelError, of candidate: Candidate) {
        guard failure.category == .contextLength else { return }
        tooSmall.models.append(candidate.model.id)
        if let limit = candidate.model.inputLimit { tooSmall.limit = max(tooSmall.limit ?? 0, limit) }
    }

    /// What a failed attempt teaches about its route.
    func lesson(of failure: ModelError, after duration: Duration, at now: ContinuousClock.Instant) -> RouteHealth.Lesson
    {
        let outcome: CircuitBreaker.Outcome =
            switch failure.category {
            case .timeout where isCallersDeadline && deadline.remaining(at: now) == .zero: .neutral
            case .upstream, .connection, .timeout: .fault
            default: .neutral
            }
        return RouteHealth.Lesson(
            outcome: outcome,
            duration: duration,
            isStream: isStream,
            pause: failure.pause,
            isKeyRefused: failure.category == .authentication
        )
    }
}

extension Journey {
    /// Notes that a model was considered, and why it was ruled out if it was.
    mutating func consider(_ model: ModelID, provider: ProviderID?, _ rejection: String?) {
        trace.candidates.append(RouteTrace.Candidate(model: model, provider: provider, rejection: rejection))
    }

    /// Notes why a candidate was passed over after all.
    mutating func reject(_ candidate: Candidate, reason: String) {
        update(candidate) { $0.rejection = reason }
    }

    /// Notes why a candidate is not asked, and places the failure.
    mutating func refuse(_ candidate: Candidate, _ failure: ModelError) -> ModelError {
        reject(candidate, reason: failure.message)
        return failure.at(candidate)
    }

    /// Notes why a candidate comes after the others.
    mutating func deferred(_ candidate: Candidate, reason: String) {
        update(candidate) { $0.deferral = reason }
    }

    private mutating func update(_ candidate: Candidate, _ change: (inout RouteTrace.Candidate) -> Void) {
        let index = trace.candidates.firstIndex {
            $0.model == candidate.model.id && $0.provider == candidate.provider.id
        }
        if let index { change(&trace.candidates[index]) }
    }

    /// Notes that a shorter answer is asked for than the caller wants.
    mutating func recordClamp(_ limit: Int?) { trace.clampedTokens = limit }

    /// Notes what is left of a quota with this request counted.
    mutating func recordQuota(_ left: QuotaLeft?) { trace.quotaLeft = left }

    /// Notes what a refusal says of what is left.
    mutating func learnQuota(_ lesson: QuotaLesson) {
        guard lesson.unit == .requests else { return }
        var left = trace.quotaLeft ?? QuotaLeft()
        switch lesson.limit {
        case .minute: left.minute = 0
        case .day: left.day = 0
        case .concurrency: return
        }
        trace.quotaLeft = left
    }

    /// Notes that a candidate was waited for, and why.
    mutating func recordTurn(_ candidate: Candidate, after waited: Duration, reason: String) {
        let free = min(waited, patience)
        patience -= free
        deadline = deadline.later(by: free)
        trace.waited += waited
        deferred(candidate, reason: "\(reason), waited \(waited.briefly)")
    }

    /// Notes that a pause of a provider was waited out.
    mutating func recordPause(_ wait: Duration) { trace.waited += wait }

    /// Notes an attempt with its outcome.
    mutating func record(
        _ candidate: Candidate,
        failure: ModelError?,
        duration: Duration,
        at now: ContinuousClock.Instant
    ) {
        lastMoment = now
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

    /// Notes that the answer of the last attempt broke off after it had begun.
    mutating func recordBreak(_ failure: ModelError) {
        guard !trace.attempts.isEmpty else { return }
        trace.attempts[trace.attempts.count - 1].failure = failure.category
        trace.attempts[trace.attempts.count - 1].reason = "broke off: \(Redaction.standard.text(failure.message))"
    }

    /// Notes what the attempts since some number of them were for, when they were not for a fresh answer.
    mutating func recordPurpose(_ purpose: RouteTrace.Attempt.Purpose, since count: Int) {
        for index in trace.attempts.indices.dropFirst(count) { trace.attempts[index].purpose = purpose }
    }
}
