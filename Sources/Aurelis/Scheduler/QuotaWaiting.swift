/// One request's wait for a quota: its place, why it waits, and what its caller was told.
struct QuotaWaiting {
    var place: TurnDesk.Place?
    var obstacle: QuotaObstacle?
    private let start: ContinuousClock.Instant
    private var lastTold: ContinuousClock.Instant?

    /// How often a caller is told, and how long nobody looks whether something has changed that nobody told.
    static let interval: Duration = .seconds(10)
    /// Who waits no longer than this need not know.
    private static let shortest: Duration = .seconds(1)

    init(since start: ContinuousClock.Instant) { self.start = start }

    /// Tells the caller, if it is time to.
    mutating func tell(
        _ onWait: (QuotaWait) -> Void,
        of candidate: Candidate,
        _ expected: Duration?,
        after others: Int,
        at now: ContinuousClock.Instant
    ) {
        if let lastTold {
            guard lastTold.duration(to: now) >= Self.interval else { return }
        } else {
            // A slot may come at any moment, and then nobody has waited.
            guard max(expected ?? .zero, start.duration(to: now)) > Self.shortest else { return }
        }
        lastTold = now
        let reason = obstacle.map { "\($0)" } ?? "others wait for its quota"
        onWait(QuotaWait(candidate, reason: reason, expected: expected, ahead: others))
    }

    /// Tells a caller of a pause that the provider wants.
    static func tell(_ call: ModelCall, of candidate: Candidate, _ wait: Duration, reason: String) {
        guard wait > shortest else { return }
        call.onWait?(QuotaWait(candidate, reason: reason, expected: wait, ahead: 0))
    }

    /// Notes in the trace that there was a wait.
    func end(at now: ContinuousClock.Instant, of call: ModelCall, for candidate: Candidate, journey: inout Journey) {
        guard place != nil else { return }
        call.spans?.waited("quota", from: start, to: now)
        let reason = obstacle.map { "\($0)" } ?? "others went first"
        journey.recordTurn(candidate, after: start.duration(to: now), reason: reason)
    }
}

extension QuotaWait {
    fileprivate init(_ candidate: Candidate, reason: String, expected: Duration?, ahead: Int) {
        self.init(
            model: candidate.model.id,
            provider: candidate.provider.id,
            reason: reason,
            expected: expected,
            ahead: ahead
        )
    }
}
