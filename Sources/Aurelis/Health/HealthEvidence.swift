internal import Synchronization

/// What the requests of a process have shown of its providers, beside what the circuits know: refused credentials,
/// connections that could not be made, how a route failed last.
///
///     let evidence = HealthEvidence(time: time)
///     evidence.record(record)                 // for each request that has ended
///     evidence.providers                      // what stands against each provider
///
/// As long as nothing is wrong, a request costs it one glance.
package final class HealthEvidence: RequestRecorder {
    fileprivate struct State {
        var providers: [ProviderID: ProviderEvidence] = [:]
        var failures: [Route: RouteFailure] = [:]
        var listener: AsyncStream<Void>.Continuation?
    }

    /// A configuration has a few; beyond that nothing new is noted.
    fileprivate static let maximumProviders = 256
    fileprivate static let maximumRoutes = 1_024

    fileprivate static let callersOwn: Set<ModelError.Category> = [
        .cancelled, .invalidRequest, .contextLength, .contentFilter, .notCached,
    ]

    private let time: any TimeSource
    private let state = Mutex(State())
    /// Whether anything stands against anybody; read by every request, without a lock.
    private let isTroubled = Atomic(false)

    /// Nothing is known yet.
    package init(time: any TimeSource = SystemTimeSource()) { self.time = time }

    /// Tells that there is something new to look at, to whoever has asked last.
    package func news() -> AsyncStream<Void> {
        let (news, listener) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        state.withLock { $0.listener = listener }
        return news
    }

    /// Takes note of a request that has ended.
    package func record(_ record: RequestRecord) {
        guard record.isEventful || isTroubled.load(ordering: .relaxed) else { return }
        let attempts = record.trace.attempts.filter { $0.purpose != .shared }
        guard !attempts.isEmpty else { return }
        let now = time.now
        let end = record.time + record.duration.milliseconds
        let listener = state.withLock { state in
            let before = state.providers.count { $0.value.isTroubled }
            for attempt in attempts { state.note(attempt, at: now, end) }
            let after = state.providers.count { $0.value.isTroubled }
            isTroubled.store(after > 0, ordering: .relaxed)
            return after != before ? state.listener : nil
        }
        listener?.yield()
    }

    /// What stands against each provider of which anything is known.
    package var providers: [ProviderID: ProviderEvidence] { state.withLock(\.providers) }

    /// How a route failed last; nil: it has not.
    package func lastFailure(of route: Route) -> RouteFailure? { state.withLock { $0.failures[route] } }

    /// How every route failed last.
    package var failures: [Route: RouteFailure] { state.withLock(\.failures) }
}

/// What stands against a provider.
package struct ProviderEvidence: Sendable, Hashable {
    /// Something that went wrong, and has not gone right since.
    package struct Finding: Sendable, Hashable {
        /// When it went wrong last.
        package var at: ContinuousClock.Instant
        /// How.
        package var reason: String
        /// How often.
        package var count: Int
    }

    /// It refused the credential.
    package var refusal: Finding?
    /// It refused something that the credential may not.
    package var restriction: Finding?
    /// No connection could be made, or it broke.
    package var disconnection: Finding?
    /// When it said anything last.
    package var heard: ContinuousClock.Instant?

    var isTroubled: Bool { refusal != nil || restriction != nil || disconnection != nil }
}

/// How a route failed last.
package struct RouteFailure: Sendable, Hashable {
    /// In milliseconds since 1970-01-01 UTC.
    package var time: Int64
    /// What kind of failure, and what it said.
    package var reason: String
}

extension HealthEvidence.State {
    fileprivate mutating func note(
        _ attempt: RouteTrace.Attempt,
        at now: ContinuousClock.Instant,
        _ end: Int64
    ) {
        var provider = providers[attempt.provider] ?? ProviderEvidence()
        guard providers[attempt.provider] != nil || providers.count < HealthEvidence.maximumProviders else { return }
        defer { providers[attempt.provider] = provider }
        guard let failure = attempt.failure else {
            provider = ProviderEvidence(heard: now)
            return
        }
        if attempt.status != nil {
            provider.heard = now
            provider.disconnection = nil
        }
        // What the caller did says nothing about the route.
        guard !HealthEvidence.callersOwn.contains(failure) else { return }
        let reason = HealthEvidence.words(failure, attempt)
        let route = Route(provider: attempt.provider, model: attempt.model)
        if failures[route] != nil || failures.count < HealthEvidence.maximumRoutes {
            failures[route] = RouteFailure(time: end, reason: reason)
        }
        switch failure {
        case .authentication: provider.refusal = .next(after: provider.refusal, reason, at: now)
        case .permission: provider.restriction = .next(after: provider.restriction, reason, at: now)
        case .connection where attempt.status == nil, .security where attempt.status == nil:
            provider.disconnection = .next(after: provider.disconnection, reason, at: now)
        default: break
        }
    }
}

extension ProviderEvidence.Finding {
    fileprivate static func next(after last: Self?, _ reason: String, at now: ContinuousClock.Instant) -> Self {
        Self(at: now, reason: reason, count: (last?.count ?? 0) + 1)
    }
}

extension HealthEvidence {
    /// A failure on one line, without secrets.
    fileprivate static func words(_ failure: ModelError.Category, _ attempt: RouteTrace.Attempt) -> String {
        let status = attempt.status.map { " \($0)" } ?? ""
        let said = attempt.reason.map { ": " + HealthText.line($0) } ?? ""
        return "\(failure.rawValue)\(status)\(said)"
    }
}

/// Texts as a report has them: one short line without secrets.
package enum HealthText {
    private static let longest = 240

    /// The text as a line.
    package static func line(_ text: String) -> String {
        LogText.singleLine(String(Redaction.standard.text(text).prefix(longest)))
    }
}
