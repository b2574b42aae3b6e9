import AurelisStorage
import AurelisTesting
import Testing

@testable import AurelisApp

@Suite("Batches over HTTP: whose turn it is")
struct BatchTurnsTests {
    fileprivate typealias Candidate = BatchTurns.Candidate

    private static let start = ContinuousClock.now
    private static let turn: Duration = .seconds(60)

    /// A batch `a1` is tenant a's first.
    private static func batch(
        _ id: String,
        isUrgent: Bool = false,
        deadline: Int64 = 1_000,
        isOver: Bool = false
    ) -> Candidate {
        let batch = DueBatch(
            id: id,
            tenant: String(id.prefix(1)),
            number: Int64(id.dropFirst()) ?? 0,
            isUrgent: isUrgent,
            deadline: deadline
        )
        return Candidate(batch: batch, isOver: isOver)
    }

    private static func batches(_ ids: String...) -> [Candidate] { ids.map { batch($0) } }

    /// Carries out what is to be done now, as if nobody else had anything.
    private static func steps(
        _ turns: inout BatchTurns,
        _ due: [Candidate],
        after seconds: Int = 0
    ) -> [BatchTurns.Step] {
        let now = start.advanced(by: .seconds(seconds))
        var steps: [BatchTurns.Step] = []
        while let step = turns.next(of: due, at: now) {
            steps.append(step)
            switch step {
            case .begin(let id): turns.asks(id, since: now)
            case .makeRoom(let id, _): turns.leave(id)
            }
        }
        return steps
    }

    @Test("who is alone has all places, the oldest first, and is never interrupted")
    func alone() {
        var turns = BatchTurns(places: 2, turn: Self.turn)
        let due = Self.batches("a2", "a1", "a3")
        #expect(Self.steps(&turns, due) == [.begin("a1"), .begin("a2")])
        #expect(Self.steps(&turns, due, after: 10_000).isEmpty)
        turns.end("a1", isServed: true)
        #expect(Self.steps(&turns, due, after: 10_001) == [.begin("a3")])
    }

    @Test("a tenant's batches go by priority, deadline and age")
    func order() {
        var turns = BatchTurns(places: 4, turn: Self.turn)
        let due = [
            Self.batch("a1", deadline: 9), Self.batch("a2", deadline: 8), Self.batch("a4", deadline: 8),
            Self.batch("a3", isUrgent: true, deadline: 10),
        ]
        #expect(Self.steps(&turns, due) == [.begin("a3"), .begin("a2"), .begin("a4"), .begin("a1")])
    }

    @Test("places go to whoever has fewer, however urgent the others' batches are")
    func fewer() {
        var turns = BatchTurns(places: 3, turn: Self.turn)
        let due = [1, 2, 3].map { Self.batch("a\($0)", isUrgent: true) } + Self.batches("b4")
        #expect(Self.steps(&turns, due) == [.begin("a1"), .begin("b4"), .begin("a2")])
    }

    @Test("who has run for a turn makes room for another tenant, and goes on when it is its turn again")
    func room() {
        var turns = BatchTurns(places: 2, turn: Self.turn)
        #expect(Self.steps(&turns, Self.batches("a1", "a2")) == [.begin("a1"), .begin("a2")])
        let due = Self.batches("a1", "a2", "b3")
        #expect(Self.steps(&turns, due, after: 59).isEmpty)
        #expect(Self.steps(&turns, due, after: 60) == [.makeRoom("a1", for: "b3")])
        #expect(Self.steps(&turns, due, after: 500).isEmpty, "it is asked once, and one place is enough")
        turns.end("a1", isServed: true)
        #expect(Self.steps(&turns, due, after: 501) == [.begin("b3")])
        turns.look()
        #expect(Self.steps(&turns, due, after: 10_000).isEmpty, "a1's tenant has as many places as b3's")
        turns.end("b3", isServed: true)
        #expect(Self.steps(&turns, Self.batches("a1", "a2"), after: 10_001) == [.begin("a1")])
    }

    @Test("what has made room goes on before its tenant begins another, without a look in between")
    func goingOn() {
        var turns = BatchTurns(places: 1, turn: Self.turn)
        #expect(Self.steps(&turns, Self.batches("a1", "a2")) == [.begin("a1")])
        let due = Self.batches("a1", "a2", "b3")
        #expect(Self.steps(&turns, due, after: 60) == [.makeRoom("a1", for: "b3")])
        turns.end("a1", isServed: true)
        #expect(Self.steps(&turns, due, after: 61) == [.begin("b3")])
        turns.end("b3", isServed: true)
        #expect(Self.steps(&turns, Self.batches("a1", "a2"), after: 61) == [.begin("a1")])
    }

    @Test("a turn does not begin before there is something to ask")
    func reading() {
        var turns = BatchTurns(places: 1, turn: Self.turn)
        let due = Self.batches("a1", "b2")
        #expect(turns.next(of: due, at: Self.start) == .begin("a1"))
        #expect(turns.next(of: due, at: Self.start.advanced(by: .seconds(1_000))) == nil)
        turns.asks("a1", since: Self.start.advanced(by: .seconds(1_000)))
        #expect(turns.next(of: due, at: Self.start.advanced(by: .seconds(1_059))) == nil)
        #expect(turns.next(of: due, at: Self.start.advanced(by: .seconds(1_060))) == .makeRoom("a1", for: "b2"))
    }

    @Test("nobody makes room for what another process works on, nor is that tried before the next look")
    func elsewhere() {
        var turns = BatchTurns(places: 1, turn: Self.turn)
        let due = Self.batches("a1", "b2")
        #expect(Self.steps(&turns, Self.batches("a1")) == [.begin("a1")])
        let late = Self.start.advanced(by: .seconds(100))
        #expect(turns.next(of: due, at: late) == .makeRoom("a1", for: "b2"))
        turns.pass("b2")
        #expect(turns.next(of: due, at: late) == nil)
        turns.look()
        #expect(turns.next(of: due, at: late) == .makeRoom("a1", for: "b2"))
        turns.end("a1", isServed: true)
        #expect(turns.next(of: due, at: late) == .begin("b2"))
        turns.end("b2", isServed: false)
        #expect(turns.next(of: due, at: late) == nil)
        turns.look()
        #expect(turns.next(of: due, at: late) == .begin("b2"), "it was not served, and so comes first")
    }

    @Test("what only has to be ended takes nobody's place, one at a time")
    func endings() {
        var turns = BatchTurns(places: 1, turn: Self.turn)
        let over = [Self.batch("a1", isOver: true), Self.batch("b2", isOver: true)]
        let due = over + Self.batches("c3")
        #expect(Self.steps(&turns, due) == [.begin("a1"), .begin("c3")])
        #expect(Self.steps(&turns, due, after: 1_000).isEmpty)
        turns.end("a1", isServed: true)
        #expect(Self.steps(&turns, due, after: 1_001) == [.begin("b2")])
    }

    @Test("who was served long ago is forgotten in the end")
    func memory() {
        var turns = BatchTurns(places: 1, turn: Self.turn)
        for tenant in 0..<5_000 {
            let batch = DueBatch(id: "\(tenant)", tenant: "\(tenant)", number: 1, deadline: 0)
            #expect(turns.next(of: [Candidate(batch: batch)], at: Self.start) == .begin("\(tenant)"))
            turns.end("\(tenant)", isServed: true)
            turns.look()
        }
        #expect(turns.remembered <= 4_097)
    }

    // MARK: - Generated

    /// Gateways on one store, with batches that come at any time and take any time.
    fileprivate struct World {
        struct Batch {
            var candidate: Candidate
            var rest: Int
            /// Which gateway has it.
            var holder: Int?
            /// When it ends after what is under way.
            var leaves: Int?
        }

        var batches: [Batch] = []
        var gateways: [BatchTurns]
        /// Since when a tenant has batches and no place.
        var waits: [String: Int] = [:]
        var longest = 0

        func holds(_ id: String) -> Bool { batches.contains { $0.candidate.batch.id == id && $0.holder != nil } }
    }

    @Test("everybody's turn comes in time, and everything ends", arguments: 0..<200 as Range<UInt64>)
    func generated(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let places = Int.random(in: 1...4, using: &random)
        let tenants = Int.random(in: 1...7, using: &random)
        let (turn, underWay) = (Int.random(in: 1...20, using: &random), Int.random(in: 0...5, using: &random))
        let count = seed.isMultiple(of: 2) ? 1 : Int.random(in: 2...3, using: &random)
        var world = World(gateways: (0..<count).map { _ in BatchTurns(places: places, turn: .seconds(turn)) })
        var number = 0
        for second in 0..<100_000 {
            if second < 500, Int.random(in: 0..<10, using: &random) == 0 {
                number += 1
                let tenant = String(UnicodeScalar(UInt8(97 + Int.random(in: 0..<tenants, using: &random))))
                let urgent = Int.random(in: 0..<4, using: &random) == 0
                let deadline = Int64.random(in: 0..<10, using: &random)
                let candidate = Self.batch("\(tenant)\(number)", isUrgent: urgent, deadline: deadline)
                let rest = Int.random(in: 0..<3, using: &random) == 0 ? 400 : 3
                world.batches.append(World.Batch(candidate: candidate, rest: rest))
            }
            for index in world.batches.indices.reversed() {
                guard let holder = world.batches[index].holder else { continue }
                world.batches[index].rest -= 1
                let isDone = world.batches[index].rest <= 0
                guard isDone || world.batches[index].leaves.map({ $0 <= second }) == true else { continue }
                world.gateways[holder].end(world.batches[index].candidate.batch.id, isServed: true)
                (world.batches[index].holder, world.batches[index].leaves) = (nil, nil)
                if isDone { world.batches.remove(at: index) }
            }
            for gateway in 0..<count {
                world.gateways[gateway].look()
                Self.act(&world, gateway, at: second, underWay)
                #expect(world.batches.count { $0.holder == gateway } <= places)
            }
            world.note(second)
            if second >= 500, world.batches.isEmpty { break }
        }
        #expect(world.batches.isEmpty)
        // What is under way ends, and it takes a look to see it.
        let rounds = (tenants + places - 1) / places
        #expect(world.longest <= rounds * (turn + underWay + 2), "\(places) places, \(tenants) tenants, turn \(turn)")
    }

    private static func act(_ world: inout World, _ gateway: Int, at second: Int, _ underWay: Int) {
        let now = start.advanced(by: .seconds(second))
        let due = world.batches.map(\.candidate)
        while let step = world.gateways[gateway].next(of: due, at: now) {
            switch step {
            case .begin(let id):
                if world.holds(id) {
                    world.gateways[gateway].end(id, isServed: false)
                } else if let index = world.batches.firstIndex(where: { $0.candidate.batch.id == id }) {
                    world.batches[index].holder = gateway
                    world.gateways[gateway].asks(id, since: now)
                }
            case .makeRoom(let id, let other):
                guard !world.holds(other) else {
                    world.gateways[gateway].pass(other)
                    continue
                }
                let tenants = Set(world.batches.map(\.candidate.batch.tenant))
                #expect(tenants.count > 1, "who is alone is not interrupted")
                world.gateways[gateway].leave(id)
                guard let index = world.batches.firstIndex(where: { $0.candidate.batch.id == id }) else { continue }
                #expect(world.batches[index].candidate.batch.tenant != String(other.prefix(1)))
                world.batches[index].leaves = second + underWay
            }
        }
    }
}

extension BatchTurnsTests.World {
    /// Takes note of who waits.
    fileprivate mutating func note(_ second: Int) {
        let served = Set(batches.filter { $0.holder != nil }.map(\.candidate.batch.tenant))
        let waiting = Set(batches.map(\.candidate.batch.tenant)).subtracting(served)
        waits = waits.filter { waiting.contains($0.key) }
        for tenant in waiting {
            let since = waits[tenant] ?? second
            waits[tenant] = since
            longest = max(longest, second - since)
        }
    }
}
