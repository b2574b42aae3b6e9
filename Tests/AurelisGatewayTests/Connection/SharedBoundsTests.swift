import NIOCore
import NIOEmbedded
import Testing

@testable import AurelisGateway

@Suite("Bounds over all connections")
struct SharedBoundsTests {
    private final class Connection {}

    @Test("bytes over the budget wait until others are released, and each waiter is woken once")
    func budget() {
        let budget = BodyBudget(limit: 10)
        let (first, second) = (Connection(), Connection())
        let woken = Counter()
        #expect(budget.take(8))
        #expect(!budget.take(5))
        budget.whenRoom(for: ObjectIdentifier(first)) { _ = woken.enter() }
        budget.whenRoom(for: ObjectIdentifier(first)) { _ = woken.enter() }
        budget.whenRoom(for: ObjectIdentifier(second)) { _ = woken.enter() }
        #expect(woken.value == 0)
        budget.forget(ObjectIdentifier(second))
        budget.release(2)
        #expect(woken.value == 0)
        budget.release(3)
        #expect(woken.value == 1)
        budget.release(8)
        #expect(woken.value == 1)
        #expect(budget.bytes == 0)
    }

    @Test("a waiter is woken at once when there already is room")
    func roomAlready() {
        let budget = BodyBudget(limit: 10)
        let woken = Counter()
        budget.whenRoom(for: ObjectIdentifier(Connection())) { _ = woken.enter() }
        #expect(woken.value == 1)
    }

    @Test("connections over the limit are refused, far over it dropped")
    func connections() {
        let count = ConnectionCount(limit: 2)
        #expect(count.begin() == .serve)
        #expect(count.begin() == .serve)
        for _ in 0..<256 { #expect(count.begin() == .refuse) }
        #expect(count.begin() == .drop)
        for _ in 0..<258 { count.end() }
        #expect(count.begin() == .serve)
    }

    @Test("the last connection's end is told, and new ones are dropped")
    func drained() throws {
        let loop = EmbeddedEventLoop()
        let count = ConnectionCount(limit: 2)
        _ = count.begin()
        let drained = loop.makePromise(of: Void.self)
        let isDrained = Signal()
        drained.futureResult.whenSuccess { isDrained.fire() }
        count.whenNone(drained)
        #expect(count.begin() == .drop)
        count.end()
        #expect(!isDrained.isFired)
        count.end()
        #expect(isDrained.isFired)
    }
}
