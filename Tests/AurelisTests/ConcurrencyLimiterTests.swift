import AurelisTesting
import Testing

@testable import Aurelis

@Suite("Requests at once")
struct ConcurrencyLimiterTests {
    private let time = ManualTimeSource()

    /// Lets waiting tasks run until `limiter` has as many waiters as expected.
    private func waiters(_ count: Int, of limiter: ConcurrencyLimiter) async {
        while limiter.waiting != count { await Task.yield() }
    }

    @Test("slots are given in the order of the asking, each as soon as one is given back")
    func fair() async throws {
        let limiter = ConcurrencyLimiter(limit: 1)
        var slot: ConcurrencyLimiter.Slot? = try await limiter.slot(within: .seconds(1), time: time)
        #expect(slot != nil)
        let order = try await withThrowingTaskGroup(of: Int.self) { group in
            for index in 0..<5 {
                group.addTask { [time] in
                    _ = try await limiter.slot(within: .seconds(60), time: time)
                    return index
                }
                await waiters(index + 1, of: limiter)
            }
            slot = nil
            var order: [Int] = []
            for try await index in group { order.append(index) }
            return order
        }
        #expect(order == [0, 1, 2, 3, 4])
        #expect(limiter.waiting == 0)
    }

    @Test("a wait ends with its time, and leaves no trace")
    func timeout() async throws {
        let limiter = ConcurrencyLimiter(limit: 1)
        let slot = try await limiter.slot(within: .seconds(1), time: time)
        async let waiting = limiter.slot(within: .seconds(5), time: time)
        await time.sleepers(atLeast: 1)
        await waiters(1, of: limiter)
        time.advance(by: .seconds(5))
        let granted = try? await waiting
        #expect(granted == nil)
        #expect(limiter.waiting == 0)
        withExtendedLifetime(slot) {}
    }

    @Test("who is cancelled while waiting loses nobody a slot")
    func cancellation() async throws {
        let limiter = ConcurrencyLimiter(limit: 1)
        var slot: ConcurrencyLimiter.Slot? = try await limiter.slot(within: .seconds(1), time: time)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask { [time] in _ = try? await limiter.slot(within: .seconds(60), time: time) }
            }
            await waiters(20, of: limiter)
            group.cancelAll()
        }
        #expect(limiter.waiting == 0)
        #expect(slot != nil)
        slot = nil
        _ = try await limiter.slot(within: .seconds(1), time: time)
    }

    @Test("too many waiters are refused at once")
    func bounded() async throws {
        let limiter = ConcurrencyLimiter(limit: 1, maximumWaiting: 2)
        let slot = try await limiter.slot(within: .seconds(1), time: time)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<2 {
                group.addTask { [time] in _ = try? await limiter.slot(within: .seconds(60), time: time) }
            }
            await waiters(2, of: limiter)
            let error = await #expect(throws: ModelError.self) {
                _ = try await limiter.slot(within: .seconds(60), time: time)
            }
            #expect(error?.category == .overloaded)
            group.cancelAll()
        }
        withExtendedLifetime(slot) {}
    }

    @Test("a limit that is lowered takes nobody's slot, and nobody gets another until they fit")
    func lowered() async throws {
        let limiter = ConcurrencyLimiter(limit: 3)
        var slots: [ConcurrencyLimiter.Slot] = []
        for _ in 0..<3 { slots.append(try await limiter.slot(within: .seconds(1), time: time)) }
        limiter.change(limit: 1)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [time] in _ = try await limiter.slot(within: .seconds(60), time: time) }
            await waiters(1, of: limiter)
            for _ in 0..<2 {
                slots.removeLast()
                #expect(limiter.waiting == 1)
            }
            slots.removeLast()
            #expect(limiter.waiting == 0)
            try await group.waitForAll()
        }
        #expect(limiter.isIdle)
    }

    @Test("a limit that is raised lets in at once as many of those who wait as fit now")
    func raised() async throws {
        let limiter = ConcurrencyLimiter(limit: 1)
        let slot = try await limiter.slot(within: .seconds(1), time: time)
        try await withThrowingTaskGroup(of: ConcurrencyLimiter.Slot.self) { group in
            for index in 0..<3 {
                group.addTask { [time] in try await limiter.slot(within: .seconds(60), time: time) }
                await waiters(index + 1, of: limiter)
            }
            limiter.change(limit: 3)
            #expect(limiter.waiting == 1)
            // The two that are let in, kept; the third comes in when the limit is gone.
            var slots: [ConcurrencyLimiter.Slot] = []
            for _ in 0..<2 { if let slot = try await group.next() { slots.append(slot) } }
            #expect(slots.count == 2 && limiter.waiting == 1)
            limiter.change(limit: .max)
            #expect(limiter.waiting == 0)
            try await group.waitForAll()
        }
        withExtendedLifetime(slot) {}
    }

    @Test("never more at once than allowed, whoever comes, goes or is cancelled", arguments: 0..<20)
    func neverMore(seed: UInt64) async {
        let limiter = ConcurrencyLimiter(limit: seed % 3 == 0 ? 3 : 1)
        let inside = Gauge()
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<40 {
                group.addTask { [time] in
                    var random = SplitMix64(seed: seed &* 100 &+ UInt64(index))
                    let slot = try? await limiter.slot(within: .seconds(60), time: time)
                    guard let slot else { return }
                    inside.enter()
                    for _ in 0..<Int.random(in: 0..<20, using: &random) { await Task.yield() }
                    inside.leave()
                    withExtendedLifetime(slot) {}
                }
            }
            // Never above the highest.
            for limit in [2, 3, 1] where seed % 3 == 1 {
                await Task.yield()
                limiter.change(limit: limit)
            }
            if seed % 2 == 1 {
                await Task.yield()
                group.cancelAll()
            }
        }
        #expect(inside.highest <= (seed % 3 == 2 ? 1 : 3))
        #expect(limiter.isIdle)
    }
}
