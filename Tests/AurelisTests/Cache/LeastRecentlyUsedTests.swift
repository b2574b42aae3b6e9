import AurelisTesting
import Testing

@testable import Aurelis

@Suite("Cache: memory")
struct LeastRecentlyUsedTests {
    @Test("the one that was not used for the longest time gives way")
    func order() {
        var values = LeastRecentlyUsed<String, Int>(maximumCount: 2, maximumCost: 100)
        values.insert(1, for: "a", cost: 1)
        values.insert(2, for: "b", cost: 1)
        #expect(values.value(for: "a") == 1)
        values.insert(3, for: "c", cost: 1)
        #expect(values.value(for: "b") == nil)
        #expect(values.values == [3, 1])
    }

    @Test("a value that alone is too large is not kept, and takes its older self with it")
    func tooLarge() {
        var values = LeastRecentlyUsed<String, Int>(maximumCount: 10, maximumCost: 100)
        values.insert(1, for: "a", cost: 100)
        #expect(values.insert(2, for: "a", cost: 101).isKept == false)
        #expect(values.value(for: "a") == nil)
        #expect(values.cost == 0)
    }

    @Test("no room at all keeps nothing", arguments: [(0, 100), (10, 0)])
    func noRoom(count: Int, cost: Int) {
        var values = LeastRecentlyUsed<String, Int>(maximumCount: count, maximumCost: cost)
        values.insert(1, for: "a", cost: 1)
        #expect(values.count == 0)
    }

    @Test(
        "random sizes: both bounds hold at every step, and the order is that of a plain list",
        arguments: 1...8 as ClosedRange<UInt64>
    )
    func generated(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let (maximumCount, maximumCost) = (
            Int.random(in: 1...40, using: &random), Int.random(in: 50...2_000, using: &random)
        )
        var values = LeastRecentlyUsed<Int, Int>(maximumCount: maximumCount, maximumCost: maximumCost)
        // The newest last.
        var model: [(key: Int, value: Int, cost: Int)] = []
        for step in 0..<4_000 {
            let key = Int.random(in: 0..<60, using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0:
                #expect(values.remove(key) == model.first { $0.key == key }?.value)
                model.removeAll { $0.key == key }
            case 1...4:
                let found = model.firstIndex { $0.key == key }
                #expect(values.value(for: key) == found.map { model[$0].value })
                if let found { model.append(model.remove(at: found)) }
            case 5 where step % 7 == 0:
                let removed = values.removeAll { $0 % 5 == 0 }
                #expect(removed == model.count { $0.value % 5 == 0 })
                model.removeAll { $0.value % 5 == 0 }
            default:
                let cost = Int.random(in: 0...(maximumCost / 3 + 20), using: &random)
                values.insert(step, for: key, cost: cost)
                model.removeAll { $0.key == key }
                guard cost <= maximumCost else { break }
                while model.count >= maximumCount || model.reduce(cost, { $0 + $1.cost }) > maximumCost {
                    model.removeFirst()
                }
                model.append((key, step, cost))
            }
            #expect(values.count <= maximumCount && values.cost <= maximumCost)
            #expect(values.cost == model.reduce(0) { $0 + $1.cost })
        }
        #expect(values.values == model.reversed().map(\.value))
    }
}
