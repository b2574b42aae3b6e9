import NIOCore
import Testing

@testable import AurelisRedis

@Suite("Connection state machine")
struct RedisConnectionStateMachineTests {
    private typealias Machine = RedisConnectionStateMachine<Int>

    private static let soon = NIODeadline.uptimeNanoseconds(100)
    private static let late = NIODeadline.uptimeNanoseconds(200)

    private func machine(maximumOutstanding: Int = 100, isReady: Bool = true) -> Machine {
        var configuration = RedisConfiguration(endpoint: .unix(path: "/x"))
        configuration.clientName = ""
        let handshake = RedisHandshake(configuration)
        var machine = Machine(handshake: handshake, maximumOutstanding: maximumOutstanding)
        if isReady {
            _ = machine.connected()
            _ = machine.received(.map([]))
        }
        return machine
    }

    private func answered(_ received: Machine.Received) -> Int? {
        if case .reply(let call, _) = received { call } else { nil }
    }

    @Test("replies go to the calls in order")
    func order() {
        var machine = machine()
        for call in 0..<3 {
            guard case .send = machine.submit(call, deadline: Self.soon) else { Issue.record("not sent"); continue }
        }
        #expect((0..<3).map { _ in answered(machine.received(.null)) } == [0, 1, 2])
        #expect(machine.outstanding == 0)
    }

    @Test("a late reply is dropped and does not answer the next call")
    func lateReply() {
        var machine = machine()
        _ = machine.submit(1, deadline: Self.soon)
        _ = machine.submit(2, deadline: Self.late)
        #expect(machine.soonestDeadline == Self.soon)
        #expect(machine.expire(now: Self.soon) == [1])
        #expect(machine.soonestDeadline == Self.late)
        #expect(machine.outstanding == 2)
        #expect(answered(machine.received(.simple("late"))) == nil)
        #expect(answered(machine.received(.simple("in time"))) == 2)
        #expect(machine.soonestDeadline == nil)
    }

    @Test("places of calls given up count against the bound")
    func bound() {
        var machine = machine(maximumOutstanding: 2)
        _ = machine.submit(1, deadline: Self.soon)
        _ = machine.submit(2, deadline: Self.soon)
        _ = machine.expire(now: Self.late)
        guard case .refuse(let error) = machine.submit(3, deadline: Self.late) else {
            Issue.record("not refused")
            return
        }
        #expect(error.code == .tooManyOutstanding)
        _ = machine.received(.null)
        guard case .send = machine.submit(3, deadline: Self.late) else { Issue.record("refused"); return }
    }

    @Test("calls wait for the connection; those given up meanwhile are not sent")
    func held() {
        var machine = machine(isReady: false)
        for call in 0..<4 {
            guard case .hold = machine.submit(call, deadline: call == 1 ? Self.soon : Self.late) else {
                Issue.record("not held")
                continue
            }
        }
        #expect(machine.expire(now: Self.soon) == [1])
        #expect(machine.connected().map(\.description) == ["HELLO"])
        guard case .ready = machine.received(.map([])) else { Issue.record("not ready"); return }
        #expect(machine.held { $0 != 3 } == [0, 2])
        #expect(answered(machine.received(.null)) == 0)
        #expect(answered(machine.received(.null)) == 2)
    }

    @Test("the reply to ASKING is not the command's")
    func asking() {
        var machine = machine()
        _ = machine.submit(1, deadline: Self.soon, leadingReplies: 1)
        _ = machine.submit(2, deadline: Self.soon)
        #expect((0..<3).map { _ in answered(machine.received(.null)) } == [nil, 1, 2])
    }

    @Test("a reply to nothing is a violation; a push message is not")
    func unasked() {
        var machine = machine()
        guard case .push = machine.received(.push([])) else { Issue.record("no push"); return }
        guard case .fail(let error) = machine.received(.null) else { Issue.record("accepted"); return }
        #expect(error.code == .protocolViolation)
    }

    @Test("closing fails every call once, and new ones are refused")
    func closing() {
        var machine = machine()
        for call in 0..<3 { _ = machine.submit(call, deadline: call == 0 ? Self.soon : Self.late) }
        _ = machine.expire(now: Self.soon)
        #expect(machine.close(.shutdown) == [1, 2])
        #expect(machine.close(.shutdown) == [])
        guard case .refuse(.shutdown) = machine.submit(9, deadline: Self.late) else { Issue.record("taken"); return }
        guard case .dropped = machine.received(.null) else { Issue.record("not dropped"); return }
    }

    @Test("every call is answered once, in order, whatever happens", arguments: 0..<40 as Range<UInt64>)
    func generated(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var machine = machine(maximumOutstanding: 20)
        var clock: Int64 = 0
        var next = 0
        var places: [(call: Int, end: Int64, isGone: Bool)] = []
        for _ in 0..<500 {
            switch Int.random(in: 0..<4, using: &generator) {
            case 0, 1:
                let end = clock + .random(in: 1...30, using: &generator)
                let submitted = machine.submit(next, deadline: .uptimeNanoseconds(UInt64(end)))
                if case .send = submitted { places.append((next, end, false)) } else { #expect(places.count == 20) }
                next += 1
            case 2 where !places.isEmpty:
                let place = places.removeFirst()
                #expect(answered(machine.received(.null)) == (place.isGone ? nil : place.call))
            default:
                clock += .random(in: 0...15, using: &generator)
                let expected = places.filter { !$0.isGone && $0.end <= clock }.map(\.call)
                #expect(machine.expire(now: .uptimeNanoseconds(UInt64(clock))) == expected)
                for index in places.indices where places[index].end <= clock { places[index].isGone = true }
                let soonest = places.filter { !$0.isGone }.map(\.end).min()
                #expect(machine.soonestDeadline == soonest.map { .uptimeNanoseconds(UInt64($0)) })
            }
            #expect(machine.outstanding == places.count)
        }
        #expect(machine.close(.shutdown) == places.filter { !$0.isGone }.map(\.call))
    }
}
