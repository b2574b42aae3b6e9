import AurelisTesting
import Testing

@testable import Aurelis

@Suite("Circuit breaker")
struct CircuitBreakerTests {
    private let start = ContinuousClock.now

    private func permit(_ breaker: inout CircuitBreaker, at now: ContinuousClock.Instant) throws
        -> CircuitBreaker.Permit
    {
        guard case .admitted(let permit) = breaker.admit(at: now) else { throw Rejected() }
        return permit
    }

    private struct Rejected: Error {}

    private func opened() throws -> CircuitBreaker {
        var breaker = CircuitBreaker()
        for _ in 0..<5 { breaker.settle(try permit(&breaker, at: start), .fault, at: start) }
        return breaker
    }

    @Test("the fifth fault in a row opens it for sixty seconds")
    func opens() throws {
        var breaker = CircuitBreaker()
        for _ in 0..<4 { breaker.settle(try permit(&breaker, at: start), .fault, at: start) }
        #expect(breaker.state == .closed(failures: 4))
        breaker.settle(try permit(&breaker, at: start), .fault, at: start)
        #expect(breaker.admit(at: start) == .rejected(until: start.advanced(by: .seconds(60))))
        #expect(breaker.admit(at: start.advanced(by: .seconds(59.999))) == .rejected(until: start + .seconds(60)))
    }

    @Test("a success in between starts the count anew")
    func successResets() throws {
        var breaker = CircuitBreaker()
        for _ in 0..<4 { breaker.settle(try permit(&breaker, at: start), .fault, at: start) }
        breaker.settle(try permit(&breaker, at: start), .success, at: start)
        #expect(breaker.isPristine)
    }

    @Test("rate limits, the caller's errors and cancellations do not count")
    func neutral() throws {
        var breaker = CircuitBreaker()
        for _ in 0..<100 { breaker.settle(try permit(&breaker, at: start), .neutral, at: start) }
        #expect(breaker.isPristine)
    }

    @Test("after sixty seconds three probes pass at once, and no more")
    func probes() throws {
        var breaker = try opened()
        let later = start.advanced(by: .seconds(60))
        for _ in 0..<3 { _ = try permit(&breaker, at: later) }
        #expect(breaker.admit(at: later) == .rejected(until: later))
    }

    @Test("a cancelled probe gives its place back")
    func cancelledProbe() throws {
        var breaker = try opened()
        let later = start.advanced(by: .seconds(60))
        for _ in 0..<100 { breaker.settle(try permit(&breaker, at: later), .neutral, at: later) }
        #expect(breaker.state == .halfOpen(probes: 0))
    }

    @Test("the first good probe closes it; the others change nothing any more")
    func closes() throws {
        var breaker = try opened()
        let later = start.advanced(by: .seconds(60))
        let first = try permit(&breaker, at: later)
        let second = try permit(&breaker, at: later)
        breaker.settle(first, .success, at: later)
        #expect(breaker.isPristine)
        breaker.settle(second, .fault, at: later)
        #expect(breaker.isPristine)
    }

    @Test("a bad probe opens it for another sixty seconds")
    func reopens() throws {
        var breaker = try opened()
        let later = start.advanced(by: .seconds(60))
        breaker.settle(try permit(&breaker, at: later), .fault, at: later)
        #expect(breaker.state == .open(until: later.advanced(by: .seconds(30))))
    }

    @Test("a call from before the circuit opened changes nothing", arguments: CircuitBreaker.Outcome.allCases)
    func stalePermit(outcome: CircuitBreaker.Outcome) throws {
        var breaker = CircuitBreaker()
        let stale = try permit(&breaker, at: start)
        for _ in 0..<5 { breaker.settle(try permit(&breaker, at: start), .fault, at: start) }
        let open = breaker
        breaker.settle(stale, outcome, at: start)
        #expect(breaker == open)
        _ = try permit(&breaker, at: start.advanced(by: .seconds(60)))
        let halfOpen = breaker
        breaker.settle(stale, outcome, at: start)
        #expect(breaker == halfOpen)
    }

    @Test("in any sequence of events its promises hold", arguments: 0..<64 as Range<UInt64>)
    func generated(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var breaker = CircuitBreaker()
        var outstanding: [CircuitBreaker.Permit] = []
        var now = start
        for _ in 0..<2_000 {
            let before = breaker.state
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let admission = breaker.admit(at: now)
                if case .admitted(let permit) = admission { outstanding.append(permit) }
                if case .open(let until) = before, until > now {
                    #expect(admission == .rejected(until: until))
                }
                if case .closed = before { #expect(admission != .rejected(until: now)) }
            case 5..<9 where !outstanding.isEmpty:
                let permit = outstanding.remove(at: Int.random(in: 0..<outstanding.count, using: &random))
                let outcome = CircuitBreaker.Outcome.allCases.randomElement(using: &random) ?? .neutral
                breaker.settle(permit, outcome, at: now)
            default:
                now = now.advanced(by: .seconds(Int.random(in: 0..<40, using: &random)))
            }
            switch breaker.state {
            case .closed(let failures): #expect((0..<5).contains(failures))
            case .open(let until): #expect(until <= now.advanced(by: .seconds(60)))
            case .halfOpen(let probes):
                #expect((0...3).contains(probes))
                #expect(probes <= outstanding.count)
            }
        }
        // Whatever happened, with every call settled and a minute gone, the circuit can be closed by one success.
        for permit in outstanding { breaker.settle(permit, .neutral, at: now) }
        now = now.advanced(by: .seconds(60))
        guard case .admitted(let permit) = breaker.admit(at: now) else {
            Issue.record("the circuit stayed shut")
            return
        }
        breaker.settle(permit, .success, at: now)
        #expect(breaker.isPristine)
    }
}
