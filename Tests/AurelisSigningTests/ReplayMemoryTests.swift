import Testing

@testable import AurelisSigning

@Suite("What must not come twice")
struct ReplayMemoryTests {
    @Test("random sequences agree with a memory that never forgets early nor late", arguments: 0..<20 as Range<UInt64>)
    func model(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let capacity = 16
        var memory = ReplayMemory()
        var model: [ReplayMemory.Key: Int64] = [:]
        var now: Int64 = 1_000
        var horizon = now
        for _ in 0..<2_000 {
            let pause = Int64.random(in: 0...20, using: &generator)
            if pause == 20 { now += 1_000 } else if pause > 17 { now += pause - 17 }
            // A clock that is set back forgets nothing.
            if Int.random(in: 0..<50, using: &generator) == 0 { now -= 1 }
            let key = ReplayMemory.Key(UInt64.random(in: 0..<40, using: &generator), 0)
            let end = now + Int64.random(in: 0...30, using: &generator)
            horizon = max(horizon, now)
            model = model.filter { $0.value >= horizon }
            let due: ReplayMemory.Admission =
                model[key] != nil ? .again : model.count < capacity ? .first : .full
            #expect(memory.admit(key, until: end, now: now, capacity: capacity) == due)
            if due == .first { model[key] = max(end, horizon) }
            #expect(memory.count == model.count)
            #expect(memory.count <= capacity)
        }
    }
}
