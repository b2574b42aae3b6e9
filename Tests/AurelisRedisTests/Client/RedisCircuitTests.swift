import NIOCore
import Testing

@testable import AurelisRedis

@Suite("Circuit")
struct RedisCircuitTests {
    private var circuit = RedisCircuit()
    private var now = NIODeadline.uptimeNanoseconds(1_000)

    private mutating func open() {
        for _ in 0..<5 { _ = circuit.failed(.pass, now: now) }
    }

    @Test("five failures in a row open it, and only in a row")
    mutating func opening() {
        for _ in 0..<4 { #expect(circuit.failed(.pass, now: now) == false) }
        circuit.succeeded()
        for _ in 0..<4 { #expect(circuit.failed(.pass, now: now) == false) }
        #expect(circuit.isClosed)
        #expect(circuit.failed(.pass, now: now) == true)
        #expect(circuit.admit(now: now) == .reject)
        #expect(circuit.failed(.pass, now: now) == false)
    }

    @Test("a lost connection is one failure, however many commands it had")
    mutating func lostConnection() {
        for _ in 0..<100 { #expect(circuit.failed(.pass, connection: 1, now: now) == false) }
        for connection in 2...4 as ClosedRange<UInt64> {
            #expect(circuit.failed(.pass, connection: connection, now: now) == false)
        }
        #expect(circuit.failed(.pass, connection: 5, now: now) == true)
    }

    @Test("after the cooldown one probe passes; its failure doubles the cooldown up to 30 s")
    mutating func probing() {
        open()
        for seconds in [1, 2, 4, 8, 16, 30, 30] as [Int64] {
            now = now + .seconds(seconds) - .nanoseconds(1)
            #expect(circuit.admit(now: now) == .reject)
            now = now + .nanoseconds(1)
            #expect(circuit.admit(now: now) == .probe)
            #expect(circuit.admit(now: now) == .reject)
            #expect(circuit.failed(.pass, now: now) == false, "an older command decides nothing")
            #expect(circuit.failed(.probe, now: now) == true)
        }
    }

    @Test("a probe that succeeds closes it and shortens the next cooldown")
    mutating func closing() {
        open()
        now = now + .seconds(1)
        _ = circuit.admit(now: now)
        _ = circuit.failed(.probe, now: now)
        now = now + .seconds(2)
        #expect(circuit.admit(now: now) == .probe)
        circuit.succeeded()
        #expect(circuit.admit(now: now) == .pass)
        open()
        #expect(circuit.admit(now: now + .seconds(1)) == .probe)
    }

    @Test("a probe that came to nothing leaves room for the next one at once")
    mutating func releasing() {
        open()
        now = now + .seconds(1)
        #expect(circuit.admit(now: now) == .probe)
        circuit.released(.pass, now: now)
        #expect(circuit.admit(now: now) == .reject)
        circuit.released(.probe, now: now)
        #expect(circuit.admit(now: now) == .probe)
    }
}
