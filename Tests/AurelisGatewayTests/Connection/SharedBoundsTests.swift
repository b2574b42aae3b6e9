import AurelisServing
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
        let count = ConnectionCount(limit: 16)
        for _ in 0..<16 { #expect(count.begin() == .serve) }
        for _ in 0..<3 { #expect(count.begin() == .refuse) }
        #expect(count.begin() == .drop)
        for _ in 0..<5 { count.end() }
        #expect(count.begin() == .serve)
        #expect(ConnectionCount.ceiling(of: 16) == 27 && ConnectionCount.ceiling(of: 10_000) == 10_072)
    }

    @Test("no more connections are accepted than there may be, until one of them has ended")
    func accepting() throws {
        let reads = ReadCounter()
        let listener = EmbeddedChannel(handlers: [reads, AcceptGate(ceiling: 2)])
        let accepted = (0..<3).map { _ in EmbeddedChannel() }
        listener.read()
        try listener.writeInbound(accepted[0] as any Channel)
        listener.read()
        #expect(reads.count == 2)
        try listener.writeInbound(accepted[1] as any Channel)
        listener.read()
        listener.read()
        #expect(reads.count == 2)
        _ = try accepted[0].finish()
        listener.embeddedEventLoop.run()
        #expect(reads.count == 3)
        try listener.writeInbound(accepted[2] as any Channel)
        listener.read()
        #expect(reads.count == 3)
        for channel in accepted[1...] { _ = try channel.finish() }
        _ = try listener.finish()
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

/// Counts how often the listener would have accepted.
private final class ReadCounter: ChannelOutboundHandler {
    typealias OutboundIn = Never

    private(set) var count = 0

    func read(context: ChannelHandlerContext) { count += 1 }
}
