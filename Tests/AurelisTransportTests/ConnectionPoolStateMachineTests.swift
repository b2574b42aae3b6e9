import Testing

@testable import AurelisTransport

@Suite("Connection pool state machine")
struct ConnectionPoolStateMachineTests {
    typealias Machine = ConnectionPoolStateMachine<Int, Int, Int>

    let a = HTTPOrigin(scheme: .http, host: "a")
    let b = HTTPOrigin(scheme: .http, host: "b")

    private func machine(total: Int = 10, perOrigin: Int = 2, waiters: Int = 10, overtakes: Int = 2) -> Machine {
        var limits = Machine.Limits()
        limits.connections = total
        limits.connectionsPerOrigin = perOrigin
        limits.waiters = waiters
        limits.overtakes = overtakes
        return Machine(limits: limits)
    }

    /// Makes a leased connection.
    private func connect(_ machine: inout Machine, _ id: Int, to origin: HTTPOrigin, on loop: Int = 0) {
        #expect(machine.acquire(from: origin, on: loop, reusing: false, waiter: -1) == .connect(evicting: nil))
        #expect(machine.connected(id, to: origin, on: loop) == true)
    }

    @Test("a released connection is used again, the last one first")
    func reuse() {
        var machine = machine()
        connect(&machine, 1, to: a)
        connect(&machine, 2, to: a)
        #expect(machine.release(1) == .init())
        #expect(machine.release(2) == .init())
        #expect(machine.acquire(from: a, on: 0, waiter: 1) == .lease(2))
        #expect(machine.acquire(from: a, on: 0, waiter: 1) == .lease(1))
    }

    @Test("the caller's own event loop comes first, then a new connection, then another loop's")
    func loopPreference() {
        var machine = machine()
        connect(&machine, 1, to: a, on: 7)
        _ = machine.release(1)
        #expect(machine.acquire(from: a, on: 8, waiter: 1) == .connect(evicting: nil))
        #expect(machine.connected(2, to: a, on: 8) == true)
        #expect(machine.acquire(from: a, on: 8, waiter: 1) == .lease(1))
        _ = machine.release(1)
        _ = machine.release(2)
        #expect(machine.acquire(from: a, on: 7, waiter: 1) == .lease(1))
        #expect(machine.acquire(from: a, on: nil, waiter: 1) == .lease(2))
    }

    @Test("beyond the origin's limit requests wait, and are served in order of arrival")
    func originLimit() {
        var machine = machine()
        connect(&machine, 1, to: a)
        connect(&machine, 2, to: a)
        #expect(machine.acquire(from: a, on: 0, waiter: 1) == .wait)
        #expect(machine.acquire(from: a, on: 0, waiter: 2) == .wait)
        #expect(machine.release(2) == .init(granted: .init(waiter: 1, grant: .lease(2))))
        #expect(machine.remove(1) == .init(waiter: 2, grant: .connect))
    }

    @Test("at the total limit the longest unused connection of another origin makes room")
    func eviction() {
        var machine = machine(total: 3)
        connect(&machine, 1, to: a)
        connect(&machine, 2, to: a)
        connect(&machine, 3, to: b)
        _ = machine.release(2)
        _ = machine.release(1)
        #expect(machine.acquire(from: b, on: 0, waiter: 1) == .connect(evicting: 2))
        #expect(machine.counts[a]?.idle == 1)
        #expect(machine.remove(2) == nil)
    }

    @Test("a released connection makes room for another origin that only the total limit holds back")
    func totalLimit() {
        var machine = machine(total: 1)
        connect(&machine, 1, to: a)
        #expect(machine.acquire(from: b, on: 0, waiter: 1) == .wait)
        #expect(machine.release(1) == .init(close: 1, granted: .init(waiter: 1, grant: .connect)))
        #expect(machine.counts[b]?.connecting == 1)
        #expect(machine.counts[a] == nil)
    }

    @Test("a busy origin cannot starve another one beyond the bound on overtaking")
    func starvation() {
        var machine = machine(total: 1, overtakes: 3)
        connect(&machine, 1, to: a)
        #expect(machine.acquire(from: b, on: 0, waiter: 100) == .wait)
        var served: [Int] = []
        for waiter in 1...9 {
            #expect(machine.acquire(from: a, on: 0, waiter: waiter) == .wait)
            let granted = machine.release(1).granted
            served.append(granted?.waiter ?? -1)
            if granted?.waiter == 100 { break }
        }
        #expect(served == [1, 2, 3, 100])
    }

    @Test("a full queue refuses at once")
    func queueBound() {
        var machine = machine(perOrigin: 1, waiters: 1)
        connect(&machine, 1, to: a)
        #expect(machine.acquire(from: a, on: 0, waiter: 1) == .wait)
        #expect(machine.acquire(from: a, on: 0, waiter: 2) == .refuse(.queueFull))
        #expect(machine.abandon(1, origin: a) == true)
        #expect(machine.abandon(1, origin: a) == false)
        #expect(machine.acquire(from: a, on: 0, waiter: 3) == .wait)
    }

    @Test("a failed connect lets the next waiter try")
    func connectFailure() {
        var machine = machine(perOrigin: 1)
        #expect(machine.acquire(from: a, on: 0, waiter: 1) == .connect(evicting: nil))
        #expect(machine.acquire(from: a, on: 0, waiter: 2) == .wait)
        #expect(machine.connectFailed(to: a) == .init(waiter: 2, grant: .connect))
        #expect(machine.connectFailed(to: a) == nil)
        #expect(machine.counts.isEmpty)
    }

    @Test("a request that must not reuse evicts an idle connection of its own origin")
    func freshConnection() {
        var machine = machine(perOrigin: 1)
        connect(&machine, 1, to: a)
        _ = machine.release(1)
        #expect(machine.acquire(from: a, on: 0, reusing: false, waiter: 1) == .connect(evicting: 1))
    }

    @Test("an expired connection is given up only while it is unused")
    func expiry() {
        var machine = machine()
        connect(&machine, 1, to: a)
        #expect(machine.removeIdle(1) == false)
        _ = machine.release(1)
        #expect(machine.removeIdle(1) == true)
        #expect(machine.remove(1) == nil)
        #expect(machine.release(1) == .init())
        #expect(machine.counts.isEmpty)
    }

    @Test("shutting down fails the waiters, closes the idle and takes nothing back")
    func shutDown() {
        var machine = machine(perOrigin: 3)
        connect(&machine, 1, to: a)
        connect(&machine, 2, to: a)
        #expect(machine.acquire(from: a, on: 9, waiter: 1) == .connect(evicting: nil))
        #expect(machine.acquire(from: a, on: 0, waiter: 5) == .wait)
        connect(&machine, 3, to: b)
        _ = machine.release(3)
        let (waiters, idle) = machine.shutDown()
        #expect(waiters == [5])
        #expect(idle == [3])
        #expect(machine.acquire(from: a, on: 0, waiter: 6) == .refuse(.shutDown))
        #expect(machine.release(1) == .init(close: 1))
        #expect(machine.connected(4, to: a, on: 0) == false)
        #expect(!machine.isDrained)
        #expect(machine.remove(2) == nil)
        #expect(machine.isDrained)
    }
}
