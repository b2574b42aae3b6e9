import AurelisTesting
import Testing

@testable import Aurelis

@Suite("Turn queue")
struct TurnQueueTests {
    private func queue(_ entries: [(TurnQueue.ID, String, RequestPriority)], limit: Int = 100) -> TurnQueue {
        var queue = TurnQueue(limit: limit)
        for (id, tenant, priority) in entries { _ = queue.join(id, tenant: tenant, priority) }
        return queue
    }

    /// Serves everybody, one after the other.
    private func order(of queue: TurnQueue) -> [TurnQueue.ID] {
        var queue = queue
        var order: [TurnQueue.ID] = []
        while let first = queue.first {
            order.append(first)
            queue.leave(first, served: true)
        }
        return order
    }

    @Test("requests of one tenant come in their order")
    func firstComeFirstServed() {
        #expect(
            order(of: queue([(1, "a", .interactive), (2, "a", .interactive), (3, "a", .interactive)])) == [1, 2, 3]
        )
    }

    @Test("tenants take turns, however many requests one of them has")
    func fairness() {
        let queue = queue([
            (1, "a", .interactive), (2, "a", .interactive), (3, "a", .interactive), (4, "b", .interactive),
            (5, "c", .interactive), (6, "b", .interactive),
        ])
        #expect(order(of: queue) == [1, 4, 5, 2, 6, 3])
    }

    @Test("interactive requests go before every batch")
    func priorities() {
        let queue = queue([(1, "a", .batch), (2, "a", .batch), (3, "b", .interactive), (4, "a", .interactive)])
        #expect(order(of: queue) == [3, 4, 1, 2])
    }

    @Test("a tenant that gives up a turn has not had it")
    func abandoned() {
        var queue = queue([(1, "a", .interactive), (2, "a", .interactive), (3, "b", .interactive)])
        queue.leave(1, served: false)
        #expect(order(of: queue) == [2, 3])
    }

    @Test("no more of one tenant wait than may, and the others still find room")
    func bounded() {
        var queue = queue([(1, "a", .batch), (2, "a", .batch)], limit: 2)
        let refused = queue.join(3, tenant: "a", .batch)
        #expect(!refused && queue.count == 2 && queue.ahead(of: 3) == nil)
        let others = [queue.join(4, tenant: "b", .batch), queue.join(5, tenant: "a", .interactive)]
        #expect(others == [true, true] && queue.first == 5 && queue.ahead(of: 4) == 2)
        queue.leave(2, served: false)
        let taken = queue.join(3, tenant: "a", .batch)
        #expect(taken && queue.count == 4)
    }

    @Test("the number of those ahead is how many are served before, in every order of events", arguments: 0..<100)
    func sequences(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var queue = TurnQueue(limit: 5)
        var waiting: [TurnQueue.ID] = []
        var owners: [TurnQueue.ID: String] = [:]
        for id in TurnQueue.ID(1)...60 {
            let tenant = ["a", "b", "c"].randomElement(using: &random) ?? "a"
            let priority: RequestPriority = Bool.random(using: &random) ? .interactive : .batch
            let expected = queue.ahead(ofNext: tenant, priority)
            owners[id] = "\(tenant) \(priority)"
            if queue.join(id, tenant: tenant, priority) {
                waiting.append(id)
                #expect(queue.ahead(of: id) == expected)
            } else {
                #expect(waiting.count { owners[$0] == owners[id] } == 5)
            }
            #expect(queue.count == waiting.count)
            let order = order(of: queue)
            #expect(Set(order) == Set(waiting) && order.count == waiting.count)
            for (position, id) in order.enumerated() { #expect(queue.ahead(of: id) == position) }
            guard Int.random(in: 0..<3, using: &random) > 0, let leaver = waiting.randomElement(using: &random) else {
                continue
            }
            let served = leaver == queue.first && Bool.random(using: &random)
            queue.leave(leaver, served: served)
            waiting.removeAll { $0 == leaver }
        }
    }
}
