import AurelisTesting
import Testing

@testable import Aurelis

@Suite("The state of one thing over time")
struct HealthTrackTests {
    private let start = ContinuousClock.now
    private let rules = HealthRules()

    /// Looks ten seconds apart; the states after each.
    private func states(_ seen: [HealthState], every step: Duration = .seconds(10)) -> [HealthState] {
        var track = HealthTrack()
        return seen.enumerated().map { index, state in
            _ = track.observe(state, "why", by: rules, at: start.advanced(by: step * index))
            return track.state
        }
    }

    @Test("that it works is believed at once, that it does not when it is seen again")
    func first() {
        #expect(states([.healthy]) == [.healthy])
        #expect(states([.unhealthy, .unhealthy]) == [.unknown, .unhealthy])
        #expect(states([.healthy, .unhealthy, .healthy, .unhealthy]) == [.healthy, .healthy, .healthy, .healthy])
    }

    @Test("it takes three good looks, or half a minute, to come up again")
    func recovery() {
        let looks: [HealthState] = [.unhealthy, .unhealthy, .healthy, .healthy, .healthy]
        #expect(states(looks).suffix(3) == [.unhealthy, .unhealthy, .healthy])
        #expect(states([.unhealthy, .unhealthy, .healthy, .healthy], every: .seconds(30)).last == .healthy)
    }

    @Test("between two levels of worse it is the milder one, and then the other")
    func levels() {
        let looks: [HealthState] = [.healthy, .degraded, .unhealthy, .unhealthy, .unhealthy]
        #expect(states(looks) == [.healthy, .healthy, .degraded, .degraded, .unhealthy])
    }

    @Test("what nobody tries stays as it was, and is unknown after half an hour")
    func memory() {
        var track = HealthTrack()
        for second in [0, 10] {
            _ = track.observe(.unhealthy, "503", by: rules, at: start.advanced(by: .seconds(second)))
        }
        let isForgotten = track.observe(.unknown, nil, by: rules, at: start.advanced(by: .seconds(1_800)))
        #expect(!isForgotten)
        #expect(track.state == .unhealthy && track.reason == "503")
        let isLater = track.observe(.unknown, nil, by: rules, at: start.advanced(by: .seconds(1_811)))
        #expect(isLater)
        #expect(track.state == .unknown && track.reason == nil)
    }

    @Test("one that comes and goes stays bad, until it has been good for ten minutes")
    func flapping() {
        var track = HealthTrack()
        var changes = 0
        var time = start
        func look(_ state: HealthState, _ count: Int) {
            for _ in 0..<count {
                if track.observe(state, "why", by: rules, at: time) { changes += 1 }
                time = time.advanced(by: .seconds(10))
            }
        }
        look(.healthy, 1)
        for _ in 0..<20 {
            look(.unhealthy, 2)
            look(.healthy, 3)
        }
        #expect(track.isFlapping && track.state == .unhealthy)
        #expect(changes == 6)
        look(.healthy, 57)
        #expect(track.state == .unhealthy)
        look(.healthy, 1)
        #expect(track.state == .healthy && !track.isFlapping)
        look(.unhealthy, 2)
        #expect(track.state == .unhealthy && !track.isFlapping)
    }

    @Test("in any sequence a change has its evidence, and there are never many in ten minutes", arguments: 0..<40)
    func sequences(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var track = HealthTrack()
        var seen: [(state: HealthState, at: ContinuousClock.Instant)] = []
        var changes: [ContinuousClock.Instant] = []
        var now = start
        // From sequences that hardly ever change to such that always do.
        let inertia = Int.random(in: 0...9, using: &random)
        var state = HealthState.healthy
        for _ in 0..<2_000 {
            now = now.advanced(by: .milliseconds(Int.random(in: 100...20_000, using: &random)))
            if Int.random(in: 0...9, using: &random) >= inertia {
                state = HealthState.allCases.randomElement(using: &random) ?? .healthy
            }
            let before = track.state
            let isChanged = track.observe(state, "why", by: rules, at: now)
            if state != .unknown { seen.append((state, now)) }
            #expect(isChanged == (before != track.state))
            guard isChanged, before != .unknown, track.state != .unknown else { continue }
            changes.append(now)
            let isWorse = track.state > before
            let evidence = isWorse ? rules.worsens : rules.improves
            let streak = seen.reversed().prefix { isWorse ? $0.state > before : $0.state < before }
            let held = (streak.last?.at ?? now).duration(to: now)
            #expect(streak.count >= evidence.looks || held >= evidence.time)
            let target = isWorse ? streak.map(\.state).min() : streak.map(\.state).max()
            #expect(track.state == target)
        }
        for (index, change) in changes.enumerated() {
            let inWindow = changes[index...].prefix { change.duration(to: $0) <= rules.flapWindow }.count
            // After the last one that is allowed it may still get worse, step by step.
            #expect(inWindow <= rules.flaps + 2)
        }
    }

    @Test("what stays as it is will be told as it is", arguments: [HealthState.healthy, .degraded, .unhealthy], 0..<8)
    func convergence(end: HealthState, seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var track = HealthTrack()
        var now = start
        for _ in 0..<200 {
            now = now.advanced(by: .seconds(Int.random(in: 1...20, using: &random)))
            let state = HealthState.allCases.randomElement(using: &random) ?? .healthy
            _ = track.observe(state, "why", by: rules, at: now)
        }
        for _ in 0..<70 {
            now = now.advanced(by: .seconds(10))
            _ = track.observe(end, "why", by: rules, at: now)
        }
        #expect(track.state == end)
    }
}
