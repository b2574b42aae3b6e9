import Synchronization
import Testing

@testable import Aurelis

/// A machine whose clock can be set, which can sleep, and which can be started anew.
private final class Machine: Sendable {
    private struct State {
        var wall: Int64 = 1_700_000_000_000
        var steady: Int64 = 5_000_000
        var boot = "first"
        var isKnown = true
    }

    private let state = Mutex(State())

    var clock: WallClock {
        WallClock(look: { [self] in
            state.withLock { state in
                let setting = ClockSetting(boot: state.boot, lead: state.wall - state.steady)
                return (state.wall, state.isKnown ? setting : nil)
            }
        })
    }

    /// Time goes by, asleep or awake.
    func pass(_ milliseconds: Int64) {
        state.withLock { state in
            state.wall += milliseconds
            state.steady += milliseconds
        }
    }

    /// Somebody sets the clock.
    func set(by milliseconds: Int64) { state.withLock { $0.wall += milliseconds } }

    func restart() {
        state.withLock { state in
            state.boot += "'"
            state.steady = 0
        }
    }

    func loseSight() { state.withLock { $0.isKnown = false } }
}

@Suite("Quota: clocks that are set")
struct QuotaClockTests {
    private static let meter = QuotaMeterID("gpt-4o@github")
    private static let hour: Int64 = 3_600_000
    private static let steps = [hour, 24 * hour, 30 * 24 * hour, -hour, -24 * hour, -30 * 24 * hour]

    private let machine = Machine()
    private let ledger: MemoryQuotaLedger

    init() { ledger = MemoryQuotaLedger(clock: machine.clock) }

    private static func demand(_ period: QuotaLimit.Period, _ reset: QuotaLimit.Reset = .rolling) -> QuotaDemand {
        QuotaDemand([(meter, QuotaPlan(limits: [QuotaLimit(.requests, per: period, 2, resets: reset)]))])
    }

    private func isGranted(_ demand: QuotaDemand) async -> Bool {
        guard case .granted(let ticket) = await ledger.reserve(demand) else { return false }
        ledger.settle(ticket, .used(nil))
        return true
    }

    @Test("what was used stays used for one period, whichever way the clock is set meanwhile", arguments: steps)
    func set(step: Int64) async {
        for period in [QuotaLimit.Period.minute, .day] {
            for reset in [QuotaLimit.Reset.rolling, .fromFirstUse] {
                let test = QuotaClockTests()
                let demand = Self.demand(period, reset)
                for _ in 0..<2 { #expect(await test.isGranted(demand)) }
                test.machine.set(by: step)
                #expect(await !test.isGranted(demand))
                test.machine.pass(period.length / 2)
                #expect(await !test.isGranted(demand))
                test.machine.set(by: -step)
                #expect(await !test.isGranted(demand))
                test.machine.set(by: step)
                // Uses of one slice of the period come back with its end.
                test.machine.pass(period.length / 2 + period.length / QuotaWindow.slices + QuotaWindow.margin)
                #expect(await test.isGranted(demand))
            }
        }
    }

    @Test("a machine that slept is not held to what it used before")
    func slept() async {
        let demand = Self.demand(.day)
        for _ in 0..<2 { #expect(await isGranted(demand)) }
        machine.pass(10 * Self.hour)
        #expect(await !isGranted(demand))
        machine.pass(15 * Self.hour)
        #expect(await isGranted(demand))
    }

    @Test("a closed window and a lowered number at once move with the clock", arguments: steps)
    func lessons(step: Int64) async {
        let demand = QuotaDemand([(Self.meter, QuotaPlan(concurrent: 5))])
        ledger.learn(QuotaLesson(.day, wait: .seconds(7_200)), of: Self.meter, under: QuotaPlan())
        machine.set(by: step)
        #expect(await !isGranted(demand))
        machine.pass(2 * Self.hour)
        #expect(await isGranted(demand))
        ledger.learn(QuotaLesson(.concurrency, amount: 1, wait: .zero), of: Self.meter, under: QuotaPlan())
        machine.set(by: step)
        guard case .granted = await ledger.reserve(demand) else {
            Issue.record("no room for the first")
            return
        }
        #expect(await !isGranted(demand))
        machine.pass(60_000)
        #expect(await isGranted(demand))
    }

    @Test("a clock that was set back unseen locks nobody out for longer than a period", arguments: [true, false])
    func unseen(restarts: Bool) async {
        if !restarts { machine.loseSight() }
        let demand = Self.demand(.day)
        for _ in 0..<2 { #expect(await isGranted(demand)) }
        if restarts { machine.restart() }
        machine.set(by: -30 * 24 * Self.hour)
        #expect(ledger.obstacle(to: demand)?.opening ?? .max <= machine.clock.millisecondsSinceEpoch + 25 * Self.hour)
        #expect(await !isGranted(demand))
        machine.pass(25 * Self.hour)
        #expect(await isGranted(demand))
    }

    @Test("after another start the time of day is believed")
    func restarted() async {
        let demand = Self.demand(.day)
        for _ in 0..<2 { #expect(await isGranted(demand)) }
        machine.restart()
        machine.set(by: 23 * Self.hour)
        #expect(await !isGranted(demand))
        machine.set(by: 2 * Self.hour)
        #expect(await !isGranted(demand))
        machine.restart()
        machine.set(by: 2 * Self.hour)
        #expect(await isGranted(demand))
    }

    @Test("clocks that are kept right are not taken for clocks that are set")
    func small() {
        let setting = ClockSetting(boot: "a", lead: 1_000_000)
        #expect(setting.step(to: ClockSetting(boot: "a", lead: 1_000_999)) == nil)
        #expect(setting.step(to: ClockSetting(boot: "a", lead: 1_001_000)) == 1_000)
        #expect(setting.step(to: ClockSetting(boot: "b", lead: 9_000_000)) == nil)
        #expect(ClockSetting(boot: "a", lead: .min).step(to: ClockSetting(boot: "a", lead: .max)) == nil)
    }

    @Test("the system's clock tells how it is set, the same each time")
    func system() throws {
        let (one, other) = (WallClock.system.reading, WallClock.system.reading)
        #expect(other.milliseconds - one.milliseconds < 60_000)
        guard let setting = one.setting, let later = other.setting else { return }
        #expect(setting.step(to: later) == nil)
    }

    @Test("what is counted late makes nothing of the others' older")
    func late() {
        let plan = QuotaPlan(limits: [QuotaLimit(.requests, per: .minute, 10)])
        let demand = QuotaDemand([(Self.meter, plan)])
        let now: Int64 = 1_700_000_000_000
        var books = QuotaBooks()
        _ = books.reserve(demand, as: "theirs", at: now)
        books.count(demand, as: "ours", at: now - 300_000)
        #expect(books.standings(of: [Self.meter: plan], at: now + 30_000)[0].lines[0].used == 1)
    }

    @Test("a meter that was kept before clocks were looked at is read, and moves from then on")
    func old() throws {
        var meter = QuotaMeter()
        let isNew = meter.follow(ClockSetting(boot: "a", lead: 5), at: 0)
        let isNewer = meter.follow(ClockSetting(boot: "a", lead: 900), at: 0)
        #expect(isNew && !isNewer)
        #expect(meter.setting == ClockSetting(boot: "a", lead: 5))
    }
}
