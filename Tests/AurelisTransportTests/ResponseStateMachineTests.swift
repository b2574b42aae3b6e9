import Testing

@testable import AurelisTransport

@Suite("Response state machine")
struct ResponseStateMachineTests {
    typealias Machine = ResponseStateMachine<Int>

    private let failure = ExchangeFailure(error: TransportError(.closedMidBody, "cut"))

    private func deliver(_ machine: inout Machine, head: Bool = false, _ body: String = "", isComplete: Bool = false)
        -> Machine.Delivery
    {
        machine.deliver(
            head: head ? .init(status: 200, headers: [:]) : nil,
            body: Array(body.utf8),
            isComplete: isComplete,
            pauseAt: 10
        )
    }

    private func body(_ machine: inout Machine) -> String {
        switch machine.takeBody() {
        case .bytes(let bytes, let resumes): String(decoding: bytes, as: UTF8.self) + (resumes ? " (resumes)" : "")
        case .end: "(end)"
        case .failed(let error): "(\(error.code))"
        case .wait: "(wait)"
        }
    }

    private func hasHead(_ machine: inout Machine) -> Bool {
        if case .head = machine.takeHead() { true } else { false }
    }

    @Test("head, body and end of one delivery wake the waiter once and are all there")
    func oneDelivery() {
        var machine = Machine()
        #expect(machine.park(1, forHead: true) == .parked)
        #expect(deliver(&machine, head: true, "hello", isComplete: true).waiter == 1)
        #expect(hasHead(&machine))
        #expect(body(&machine) == "hello")
        #expect(body(&machine) == "(end)")
        #expect(body(&machine) == "(end)")
    }

    @Test("a waiter for the body is not woken by nothing new, and not parked beside something to take")
    func parking() {
        var machine = Machine()
        #expect(deliver(&machine, head: true).waiter == nil)
        #expect(machine.park(1, forHead: false) == .parked)
        #expect(machine.park(2, forHead: false) == .occupied)
        #expect(deliver(&machine, "a").waiter == 1)
        #expect(machine.park(3, forHead: false) == .ready)
        #expect(body(&machine) == "a")
        #expect(machine.park(3, forHead: false) == .parked)
        #expect(machine.fail(failure) == 3)
        #expect(machine.park(4, forHead: false) == .ready)
    }

    @Test("what arrived before a failure is handed out before it")
    func failureComesLast() {
        var machine = Machine()
        _ = deliver(&machine, head: true, "abc")
        #expect(machine.fail(failure) == nil)
        #expect(deliver(&machine, "late").waiter == nil)
        #expect(hasHead(&machine))
        #expect(body(&machine) == "abc")
        #expect(body(&machine) == "(closed_mid_body)")
        #expect(body(&machine) == "(closed_mid_body)")
    }

    @Test("a full buffer pauses, taking it resumes; a complete response never pauses")
    func backpressure() {
        var machine = Machine()
        #expect(!deliver(&machine, head: true, "123456789").isFull)
        #expect(deliver(&machine, "0").isFull)
        #expect(body(&machine) == "1234567890 (resumes)")
        #expect(!deliver(&machine, "1234567890 and more", isComplete: true).isFull)
        #expect(body(&machine) == "1234567890 and more")
    }

    @Test("cancelling wakes the waiter, drops what is buffered, and closes the connection unless all is there")
    func cancellation() {
        var machine = Machine()
        #expect(machine.park(1, forHead: true) == .parked)
        let first = machine.cancel()
        #expect(first.waiter == 1)
        #expect(first.closesConnection)
        #expect(machine.cancel().closesConnection == false)
        #expect(deliver(&machine, head: true, "x").waiter == nil)
        #expect(!hasHead(&machine))

        var complete = Machine()
        _ = deliver(&complete, head: true, "abc", isComplete: true)
        #expect(complete.cancel().closesConnection == false)
        #expect(body(&complete) == "(cancelled)")
    }

    @Test(
        "bytes come out as they went in, whatever the order of deliveries and takes",
        arguments: 0..<20 as Range<UInt64>
    )
    func generated(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            var machine = Machine()
            var given: [UInt8] = []
            var taken: [UInt8] = []
            var isParked = false
            var isPaused = false
            _ = deliver(&machine, head: true)
            for step in 0..<40 {
                if Bool.random(using: &random), !isPaused {
                    let bytes = (0..<Int.random(in: 0..<6, using: &random)).map { _ in
                        UInt8.random(in: 0...255, using: &random)
                    }
                    given += bytes
                    let delivery = machine.deliver(head: nil, body: bytes, isComplete: step > 35, pauseAt: 8)
                    if step > 35 {
                        #expect((delivery.waiter != nil) == isParked)
                        break
                    }
                    if delivery.waiter != nil { isParked = false }
                    isPaused = delivery.isFull
                } else if !isParked {
                    switch machine.takeBody() {
                    case .bytes(let bytes, let resumes):
                        taken += bytes
                        #expect(resumes == isPaused)
                        isPaused = false
                    case .wait: isParked = machine.park(1, forHead: false) == .parked
                    case .end, .failed: Issue.record("ended early")
                    }
                }
            }
            if case .bytes(let bytes, _) = machine.takeBody() { taken += bytes }
            #expect(taken == given)
        }
    }
}
