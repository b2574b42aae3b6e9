import Aurelis
import AurelisTesting
import Testing

@Suite("The audit log: floods of refusals")
struct AuditDamperTests {
    private let start = ContinuousClock.now
    private let kind = AuditDamper.Kind.authentication("gateway", "unknown_key")

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start.advanced(by: .seconds(seconds)) }

    @Test("the first few of a second are taken, the others counted, and their number told once the second is over")
    func second() {
        var damper = AuditDamper(limit: 3)
        let verdicts = (0..<8).map { damper.admit(kind, at: at(Double($0) / 10)) }
        #expect(verdicts.prefix(3).allSatisfy { $0 == .take })
        #expect(verdicts.dropFirst(3).allSatisfy { $0 == .leaveOut(due: at(1)) })
        #expect(damper.next == at(1))
        #expect(damper.due(at: at(0.9)).isEmpty)
        #expect(damper.due(at: at(1)) == [.init(kind: kind, count: 5, since: start)])
        #expect(damper.due(at: at(5)).isEmpty && damper.next == nil)
    }

    @Test("what comes now and then is told in full for ever")
    func rare() {
        var damper = AuditDamper(limit: 3)
        for index in 0..<100 { #expect(damper.admit(kind, at: at(Double(index) * 0.4)) == .take) }
        #expect(damper.due(at: at(100), all: true).isEmpty)
    }

    @Test("kinds do not stand in for each other")
    func kinds() {
        var damper = AuditDamper(limit: 1)
        let others: [AuditDamper.Kind] = [
            .authentication("admin", "unknown_key"), .authentication("gateway", "missing_key"),
            .security("gateway", "unknown_key"),
        ]
        for other in [kind] + others { #expect(damper.admit(other, at: start) == .take) }
        for other in [kind] + others { #expect(damper.admit(other, at: start) != .take) }
        #expect(Set(damper.due(at: at(1)).map(\.kind)) == Set([kind] + others))
    }

    @Test("a flood that lasts takes less and less, and is told in full again when it is over")
    func flood() {
        var damper = AuditDamper(limit: 10)
        var (taken, told) = (0, 0)
        for tenth in 0..<36_000 {
            if damper.admit(kind, at: at(Double(tenth) / 100)) == .take { taken += 1 }
            told += damper.due(at: at(Double(tenth) / 100)).map(\.count).reduce(0, +)
        }
        // Whiles of 1, 2, 4, 8, 16, 32 and then 60 seconds in 360.
        #expect(taken == 110)
        told += damper.due(at: at(360), all: true).map(\.count).reduce(0, +)
        #expect(taken + told == 36_000)
        // The while that was begun ends without anything left out, and with it the memory of the flood.
        #expect(damper.due(at: at(500)).isEmpty)
        #expect((0..<20).filter { damper.admit(kind, at: at(500 + Double($0) / 100)) == .take }.count == 10)
        #expect(damper.next == at(501))
    }

    @Test("what cannot be told apart any more is counted together, and all of it is bounded")
    func manyKinds() {
        var damper = AuditDamper(limit: 1, maximumKinds: 4)
        for index in 0..<1_000 { _ = damper.admit(.authentication("gateway", "reason \(index)"), at: start) }
        let told = damper.due(at: at(1))
        #expect(told.map(\.kind) == [.authentication("gateway", "other")])
        #expect(told.map(\.count) == [995])
    }

    @Test("whatever comes when, each event is taken or told, exactly once", arguments: 0..<32)
    func sequences(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var damper = AuditDamper(limit: Int(random.next() % 5) + 1, maximumKinds: 3)
        var (now, came, taken, told) = (0.0, 0, 0, 0)
        var perSecond: [Int: Int] = [:]
        for _ in 0..<2_000 {
            now += Double(random.next() % 1_000) / (random.next() % 8 == 0 ? 100 : 20_000)
            if random.next() % 5 == 0 { told += damper.due(at: at(now)).map(\.count).reduce(0, +) }
            came += 1
            let kind = AuditDamper.Kind.security("gateway", "rule \(random.next() % 2)")
            let before = damper.next
            switch damper.admit(kind, at: at(now)) {
            case .take:
                taken += 1
                perSecond[Int(now), default: 0] += 1
            case .leaveOut(let due):
                #expect(due > at(now) && due <= at(now).advanced(by: .seconds(60)))
                #expect(damper.next.map { $0 <= due } == true)
            }
            if let before { #expect(damper.next.map { $0 <= max(before, at(now).advanced(by: .seconds(60))) } == true) }
        }
        told += damper.due(at: at(now), all: true).map(\.count).reduce(0, +)
        #expect(taken + told == came)
        #expect(damper.next == nil && damper.due(at: at(now + 1_000), all: true).isEmpty)
        // Two kinds, and a while may begin in the middle of a second.
        #expect(perSecond.values.allSatisfy { $0 <= 5 * 2 * 2 })
    }
}
