/// Puts candidates in the order of a strategy. Stable: what a strategy cannot tell apart keeps its order.
struct RouteRanking {
    let strategy: RoutingStrategy
    let health: RouteHealth

    func ranked(_ candidates: [Candidate], stream: Bool, at now: ContinuousClock.Instant) -> [Candidate] {
        guard candidates.count > 1 else { return candidates }
        switch strategy {
        case .preference:
            return candidates
        case .performance:
            let measured = candidates.map { health.expectedSeconds(on: $0.route, stream: stream, at: now) }
            // Somebody new is given the chance to be measured.
            let best = measured.compactMap(\.self).min() ?? 0
            return Self.sorted(candidates, by: measured.map { $0 ?? best })
        case .cost:
            return Self.sorted(
                candidates,
                by: candidates.map { $0.model.price.map { Double($0.blended) } ?? .infinity }
            )
        case .quota:
            return Self.sorted(candidates, by: candidates.map { -($0.provider.headroom(of: $0.model) ?? 1) })
        }
    }

    private static func sorted(_ candidates: [Candidate], by scores: [Double]) -> [Candidate] {
        candidates.indices
            .sorted { (scores[$0], $0) < (scores[$1], $1) }
            .map { candidates[$0] }
    }
}
