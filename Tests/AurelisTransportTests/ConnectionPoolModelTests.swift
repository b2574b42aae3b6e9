import Testing

@testable import AurelisTransport

/// Runs random events against the machine and a naive model of what everybody holds.
@Suite("Connection pool under generated events")
struct ConnectionPoolModelTests {
    typealias Machine = ConnectionPoolStateMachine<Int, Int, Int>

    struct World {
        static let origins = (0..<4).map { HTTPOrigin(scheme: .http, host: "host\($0)") }

        var machine: Machine
        let limits: Machine.Limits
        var random: SeededGenerator
        var nextID = 1
        var connecting: [HTTPOrigin] = []
        var leased: [Int: HTTPOrigin] = [:]
        var idle: [Int: HTTPOrigin] = [:]
        var waiting: [Int: HTTPOrigin] = [:]
        var closed: Set<Int> = []
        var problems: [String] = []

        init(seed: UInt64) {
            random = SeededGenerator(seed: seed)
            var limits = Machine.Limits()
            limits.connections = Int.random(in: 1...6, using: &random)
            limits.connectionsPerOrigin = Int.random(in: 1...3, using: &random)
            limits.waiters = Int.random(in: 0...5, using: &random)
            limits.overtakes = Int.random(in: 0...3, using: &random)
            self.limits = limits
            machine = Machine(limits: limits)
        }

        mutating func step() {
            switch Int.random(in: 0..<12, using: &random) {
            case 0...4: acquire()
            case 5, 6: if let id = pick(leased) { release(id) }
            case 7: if let id = pick(leased) { remove(id) }
            case 8: if let id = pick(idle) { remove(id) }
            case 9:
                guard let id = pick(waiting), let origin = waiting[id] else { return }
                if !machine.abandon(id, origin: origin) { problems.append("a waiter was lost") }
                waiting[id] = nil
            case 10:
                guard let id = pick(idle) else { return }
                if !machine.removeIdle(id) { problems.append("an idle connection was not known") }
                idle[id] = nil
                closed.insert(id)
            default: finishConnecting(succeeds: Int.random(in: 0..<3, using: &random) > 0)
            }
            check()
        }

        mutating func acquire() {
            guard let origin = World.origins.randomElement(using: &random) else { return }
            let loop = Bool.random(using: &random) ? Int.random(in: 0..<2, using: &random) : nil
            let waiter = newID()
            let reusing = Int.random(in: 0..<5, using: &random) > 0
            switch machine.acquire(from: origin, on: loop, reusing: reusing, waiter: waiter) {
            case .lease(let id):
                if idle.removeValue(forKey: id) != origin { problems.append("leased what was not idle there") }
                leased[id] = origin
            case .connect(let evicted):
                if let evicted {
                    if idle.removeValue(forKey: evicted) == nil { problems.append("evicted what was not idle") }
                    closed.insert(evicted)
                }
                connecting.append(origin)
            case .wait: waiting[waiter] = origin
            case .refuse(let reason):
                if reason != .queueFull || waiting.count != limits.waiters { problems.append("refused with room left") }
            }
        }

        mutating func release(_ id: Int) {
            let origin = leased.removeValue(forKey: id)
            let outcome = machine.release(id)
            if let closing = outcome.close {
                if closing != id { problems.append("closed another connection") }
                closed.insert(id)
            } else if outcome.granted == nil {
                idle[id] = origin
            }
            grant(outcome.granted, released: outcome.close == nil ? id : nil)
        }

        mutating func remove(_ id: Int) {
            leased[id] = nil
            idle[id] = nil
            closed.insert(id)
            grant(machine.remove(id), released: nil)
            // Whoever closes a connection may tell twice.
            if machine.remove(id) != nil || machine.release(id) != .init() { problems.append("known after its end") }
        }

        mutating func finishConnecting(succeeds: Bool) {
            guard let index = connecting.indices.randomElement(using: &random) else { return }
            let origin = connecting.remove(at: index)
            guard succeeds else { return grant(machine.connectFailed(to: origin), released: nil) }
            let id = newID()
            if !machine.connected(id, to: origin, on: Int.random(in: 0..<2, using: &random)) {
                problems.append("a new connection was not welcome")
            }
            leased[id] = origin
        }

        mutating func grant(_ granted: Machine.Granted?, released: Int?) {
            guard let granted else { return }
            guard let origin = waiting.removeValue(forKey: granted.waiter) else {
                return problems.append("woke somebody who does not wait")
            }
            switch granted.grant {
            case .connect: connecting.append(origin)
            case .lease(let id):
                if id != released { problems.append("gave away what was not released") }
                leased[id] = origin
            }
        }

        mutating func check() {
            let counts = machine.counts
            var total = 0
            for origin in World.origins {
                let expected = ConnectionPoolStatistics.Counts(
                    connecting: connecting.count { $0 == origin },
                    leased: leased.values.count { $0 == origin },
                    idle: idle.values.count { $0 == origin },
                    waiting: waiting.values.count { $0 == origin }
                )
                if counts[origin] ?? .init() != expected { problems.append("counts differ from the model") }
                let connections = expected.connecting + expected.leased + expected.idle
                total += connections
                if connections > limits.connectionsPerOrigin { problems.append("origin limit exceeded") }
                if expected.waiting > 0, expected.idle > 0 { problems.append("waits beside an idle connection") }
            }
            if total > limits.connections { problems.append("total limit exceeded") }
            if waiting.count > limits.waiters { problems.append("wait queue exceeded") }
            for (_, origin) in waiting {
                let own = counts[origin] ?? .init()
                guard own.connecting + own.leased + own.idle < limits.connectionsPerOrigin else { continue }
                if total < limits.connections || !idle.isEmpty { problems.append("waits although it could connect") }
            }
            if Set(machine.leasedConnections) != Set(leased.keys) { problems.append("leases differ from the model") }
        }

        /// Everybody finishes: nobody may be left behind.
        mutating func drain() {
            for _ in 0..<1000 where !(connecting.isEmpty && leased.isEmpty) {
                if let id = pick(leased) { release(id) }
                finishConnecting(succeeds: true)
                check()
            }
            if !waiting.isEmpty { problems.append("a waiter was never served") }
            let (waiters, remaining) = machine.shutDown()
            if !waiters.isEmpty || Set(remaining) != Set(idle.keys) {
                problems.append("the end differs from the model")
            }
            if !machine.isDrained { problems.append("a connection leaked") }
        }

        private mutating func pick(_ ids: [Int: HTTPOrigin]) -> Int? {
            ids.keys.sorted().randomElement(using: &random)
        }

        private mutating func newID() -> Int {
            nextID += 1
            return nextID
        }
    }

    @Test("limits hold, nobody is lost and nothing leaks", arguments: 0..<40 as Range<UInt64>)
    func generated(seed: UInt64) {
        for round in 0..<10 {
            var world = World(seed: seed * 1000 + UInt64(round))
            for _ in 0..<200 where world.problems.isEmpty { world.step() }
            world.drain()
            #expect(world.problems.isEmpty, "seed \(seed), round \(round)")
        }
    }
}
