extension HealthReadings {
    /// What records of requests show, for a process that has seen none of them: the oldest first.
    ///
    /// - Parameter now: the monotonic time at which they count.
    package static func reading(_ records: [RequestRecord], at now: ContinuousClock.Instant) -> HealthReadings {
        let evidence = HealthEvidence(time: StandingTime(now: now))
        var counts: [Route: (answered: Int, failed: Int, inARow: Int)] = [:]
        for record in records {
            evidence.record(record)
            for attempt in record.trace.attempts where attempt.purpose != .shared {
                let route = Route(provider: attempt.provider, model: attempt.model)
                var count = counts[route] ?? (0, 0, 0)
                switch attempt.failure {
                case nil: count = (count.answered + 1, count.failed, 0)
                case .upstream, .connection, .timeout: count = (count.answered, count.failed + 1, count.inARow + 1)
                default: continue
                }
                counts[route] = count
            }
        }
        var readings = HealthReadings()
        readings.evidence = evidence.providers
        readings.failures = evidence.failures
        let threshold = CircuitBreaker.Settings().failureThreshold
        readings.routes = counts.map { route, count in
            RouteStatus(
                route: route,
                circuit: count.inARow >= threshold ? .open : .closed,
                failures: count.inARow,
                successRate: Double(count.answered) / Double(count.answered + count.failed)
            )
        }
        let answering = Set(counts.keys.map(\.provider)).union(evidence.providers.keys)
        readings.providers = answering.sorted { $0.rawValue < $1.rawValue }.map { ($0, nil) }
        return readings
    }
}

/// A clock for what is over.
private struct StandingTime: TimeSource {
    let now: ContinuousClock.Instant

    func sleep(until instant: ContinuousClock.Instant) async throws(CancellationError) { throw CancellationError() }
}
