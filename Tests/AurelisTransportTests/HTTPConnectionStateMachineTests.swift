import Testing

@testable import AurelisTransport

@Suite("Connection state machine")
struct HTTPConnectionStateMachineTests {
    typealias Machine = HTTPConnectionStateMachine

    let terms = Machine.Terms(
        firstByte: .seconds(15),
        betweenBytes: .seconds(45),
        end: TransportInstant(nanoseconds: 60_000_000_000)
    )

    private func at(_ seconds: UInt64) -> TransportInstant {
        TransportInstant(nanoseconds: seconds * 1_000_000_000)
    }

    private func idle() -> Machine {
        var machine = Machine()
        machine.connected(idleUntil: at(60))
        return machine
    }

    private func sent() -> Machine {
        var machine = idle()
        #expect(machine.begin(terms, now: at(0)) == true)
        machine.requestReachedConnection()
        machine.uploadFinished(now: at(0))
        return machine
    }

    private func streaming(keepsConnection: Bool = true) -> Machine {
        var machine = sent()
        #expect(machine.receivedHead(status: 200, keepsConnection: keepsConnection) == .keep)
        return machine
    }

    private func code(_ closing: Machine.Closing) -> TransportError.Code? {
        if case .failAndClose(let failure) = closing { failure.error.code } else { nil }
    }

    @Test("a whole response in one burst frees the connection for the next exchange")
    func oneBurst() {
        var machine = streaming()
        #expect(machine.receivedBody() == .keep)
        #expect(machine.receivedEnd() == .keep)
        #expect(machine.readComplete(idleUntil: at(70), now: at(1)) == .finishAndRelease)
        #expect(machine.nextDeadline == at(70))
        #expect(machine.begin(terms, now: at(2)) == true)
    }

    @Test("a server that closes after its response ends the connection, not the response")
    func serverCloses() {
        var machine = streaming(keepsConnection: false)
        #expect(machine.receivedEnd() == .keep)
        #expect(machine.readComplete(idleUntil: at(70), now: at(1)) == .finishAndClose)
        #expect(machine.begin(terms, now: at(2)) == false)
        #expect(machine.becameInactive() == .nothing)
    }

    @Test("a response before the end of the upload is complete, but the connection is spent")
    func earlyResponse() {
        var machine = idle()
        #expect(machine.begin(terms, now: at(0)) == true)
        machine.requestReachedConnection()
        machine.uploadProgressed(now: at(0))
        #expect(machine.receivedHead(status: 413, keepsConnection: true) == .keep)
        #expect(machine.receivedEnd() == .keep)
        #expect(machine.readComplete(idleUntil: at(70), now: at(1)) == .finishAndClose)
    }

    @Test("bytes behind a complete response cost the connection, not the response")
    func junkAfterEnd() {
        var machine = streaming()
        #expect(machine.receivedEnd() == .keep)
        #expect(machine.failed(.init(code: .invalidResponse, message: "junk"), cause: nil) == .nothing)
        #expect(machine.readComplete(idleUntil: at(70), now: at(1)) == .finishAndClose)
    }

    @Test("a connection that closes with the end of the response has delivered it")
    func endByClosing() {
        var machine = streaming(keepsConnection: false)
        #expect(machine.receivedBody() == .keep)
        #expect(machine.receivedEnd() == .keep)
        #expect(machine.becameInactive() == .finishAndClose)
    }

    @Test("switching protocols is no answer")
    func switchingProtocols() {
        var machine = sent()
        guard case .failAndClose(let failure) = machine.receivedHead(status: 101, keepsConnection: true) else {
            Issue.record("101 was accepted")
            return
        }
        #expect(failure.error.code == .invalidResponse)
        #expect(machine.receivedBody() == .drop)
    }

    @Test("parts without an exchange are dropped")
    func unsolicited() {
        var machine = idle()
        #expect(machine.receivedHead(status: 200, keepsConnection: true) == .drop)
        #expect(machine.receivedBody() == .drop)
        #expect(machine.receivedEnd() == .drop)
        #expect(machine.failed(.init(code: .invalidResponse, message: "unsolicited"), cause: nil) == .close)
    }

    @Test("a close before the head may be repeated only when the request was not on its way", arguments: [true, false])
    func closedBeforeHead(isOnItsWay: Bool) {
        var machine = idle()
        #expect(machine.begin(terms, now: at(0)) == true)
        if isOnItsWay { machine.requestReachedConnection() }
        guard case .failAndClose(let failure) = machine.becameInactive() else {
            Issue.record("the exchange did not fail")
            return
        }
        #expect(failure.error.code == .closedBeforeHead)
        #expect(failure.isPeerGone)
        #expect(failure.error.requestMayHaveBeenProcessed == isOnItsWay)
    }

    @Test("a close inside the body is never a complete response")
    func closedMidBody() {
        var machine = streaming()
        #expect(machine.receivedBody() == .keep)
        #expect(code(machine.becameInactive()) == .closedMidBody)
        var reset = streaming()
        #expect(code(reset.failed(.init(code: .connectionReset, message: "reset"), cause: nil)) == .connectionReset)
        #expect(reset.becameInactive() == .nothing)
    }

    // MARK: Timers

    @Test("the first byte is due after the request was sent, uploads prolong it")
    func firstByte() {
        var machine = idle()
        #expect(machine.begin(terms, now: at(0)) == true)
        machine.uploadProgressed(now: at(5))
        #expect(machine.nextDeadline == at(20))
        machine.uploadFinished(now: at(10))
        #expect(machine.nextDeadline == at(25))
        #expect(machine.timerFired(now: at(24)) == .nothing)
        guard case .failAndClose(let failure) = machine.timerFired(now: at(25)) else {
            Issue.record("the timer did not fire")
            return
        }
        #expect(failure.error.code == .firstByteTimeout)
    }

    @Test("each burst of the body starts the time between bytes anew")
    func betweenBytes() {
        var machine = streaming()
        #expect(machine.readComplete(idleUntil: at(99), now: at(1)) == .deliver)
        #expect(machine.delivered(bufferIsFull: false) == true)
        #expect(machine.nextDeadline == at(46))
        #expect(machine.receivedBody() == .keep)
        #expect(machine.readComplete(idleUntil: at(99), now: at(10)) == .deliver)
        #expect(machine.nextDeadline == at(55))
        #expect(machine.readComplete(idleUntil: at(99), now: at(20)) == .read)
        #expect(machine.nextDeadline == at(55))
        guard case .failAndClose(let failure) = machine.timerFired(now: at(55)) else {
            Issue.record("the timer did not fire")
            return
        }
        #expect(failure.error.code == .idleTimeout)
    }

    @Test("a shortened silence counts from now on, and is never lengthened")
    func limitedSilence() {
        var machine = streaming()
        #expect(machine.receivedBody() == .keep)
        #expect(machine.readComplete(idleUntil: at(60), now: at(1)) == .deliver)
        #expect(machine.nextDeadline == at(46))
        machine.limitSilence(to: .seconds(2), now: at(5))
        #expect(machine.nextDeadline == at(7))
        machine.limitSilence(to: .seconds(30), now: at(6))
        #expect(machine.nextDeadline == at(7))
        #expect(machine.receivedBody() == .keep)
        #expect(machine.readComplete(idleUntil: at(60), now: at(6)) == .deliver)
        #expect(machine.nextDeadline == at(8))
    }

    @Test("a lifted total leaves the time between bytes")
    func liftedTotal() {
        var machine = streaming()
        #expect(machine.receivedBody() == .keep)
        #expect(machine.readComplete(idleUntil: at(60), now: at(30)) == .deliver)
        #expect(machine.nextDeadline == at(60))
        machine.liftTotalLimit()
        #expect(machine.nextDeadline == at(75))
    }

    @Test("a slow caller stops the time between bytes, not the total")
    func slowConsumer() {
        var machine = streaming()
        #expect(machine.receivedBody() == .keep)
        #expect(machine.readComplete(idleUntil: at(99), now: at(1)) == .deliver)
        #expect(machine.delivered(bufferIsFull: true) == false)
        #expect(machine.nextDeadline == at(60))
        #expect(machine.demanded(now: at(50)) == true)
        #expect(machine.demanded(now: at(50)) == false)
        #expect(machine.nextDeadline == at(60))
        guard case .failAndClose(let failure) = machine.timerFired(now: at(60)) else {
            Issue.record("the timer did not fire")
            return
        }
        #expect(failure.error.code == .totalTimeout)
    }

    @Test("without a total limit a paused body has no deadline")
    func pausedStream() {
        var machine = idle()
        #expect(machine.begin(.init(firstByte: .seconds(1), betweenBytes: .seconds(1), end: nil), now: at(0)) == true)
        #expect(machine.receivedHead(status: 200, keepsConnection: true) == .keep)
        #expect(machine.readComplete(idleUntil: at(99), now: at(1)) == .deliver)
        #expect(machine.delivered(bufferIsFull: true) == false)
        #expect(machine.nextDeadline == nil)
    }

    @Test("an unused connection expires once, and may still be begun by who leased it")
    func expiry() {
        var machine = idle()
        #expect(machine.timerFired(now: at(59)) == .nothing)
        #expect(machine.timerFired(now: at(60)) == .expireIdle)
        #expect(machine.timerFired(now: at(61)) == .nothing)
        #expect(machine.begin(terms, now: at(61)) == true)
    }

    // MARK: Any order

    @Test("no order of events ends an exchange twice or not at all", arguments: 0..<20 as Range<UInt64>)
    func generated(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            var world = World()
            for _ in 0..<60 { world.step(&random) }
            world.end()
            #expect(world.problems.isEmpty, "seed \(seed)")
        }
    }

    private struct World {
        var machine = Machine()
        var now = TransportInstant(nanoseconds: 0)
        var isOpen = true
        var hasExchange = false
        var problems: [String] = []

        mutating func step(_ random: inout SeededGenerator) {
            now = now.advanced(by: .seconds(Int.random(in: 0..<4, using: &random)))
            let idleUntil = now.advanced(by: .seconds(60))
            switch Int.random(in: 0..<14, using: &random) {
            case 0: machine.connected(idleUntil: idleUntil)
            case 1, 2:
                guard !hasExchange else { return }
                let end = Bool.random(using: &random) ? now.advanced(by: .seconds(30)) : nil
                hasExchange = machine.begin(
                    .init(firstByte: .seconds(15), betweenBytes: .seconds(20), end: end),
                    now: now
                )
                if hasExchange, !isOpen { problems.append("began on a closed connection") }
            case 3: machine.requestReachedConnection()
            case 4: machine.uploadFinished(now: now)
            case 5: part(machine.receivedHead(status: 200, keepsConnection: Bool.random(using: &random)))
            case 6: part(machine.receivedBody())
            case 7: part(machine.receivedEnd())
            case 8, 9:
                switch machine.readComplete(idleUntil: idleUntil, now: now) {
                case .nothing: break
                case .read: if !isOpen { problems.append("reads a closed connection") }
                case .deliver:
                    if !hasExchange { problems.append("delivers to nobody") }
                    _ = machine.delivered(bufferIsFull: Bool.random(using: &random))
                case .finishAndRelease: finish(closes: false)
                case .finishAndClose: finish(closes: true)
                }
            case 10: if machine.demanded(now: now), !hasExchange { problems.append("demand from nobody") }
            case 11:
                switch machine.timerFired(now: now) {
                case .nothing: break
                case .expireIdle: if hasExchange { problems.append("expired in use") }
                case .failAndClose: finish(closes: true)
                }
            case 12 where Int.random(in: 0..<4, using: &random) == 0:
                close(machine.failed(.init(code: .connectionReset, message: "reset"), cause: nil))
            case 13 where Int.random(in: 0..<8, using: &random) == 0:
                close(machine.becameInactive())
                isOpen = false
            default: break
            }
            if let due = machine.nextDeadline, !isOpen {
                problems.append("a timer runs for a closed connection: \(due)")
            }
            if hasExchange, !isOpen { problems.append("an exchange outlived its connection") }
        }

        /// Whatever state it was left in, the end of the connection ends the exchange.
        mutating func end() {
            close(machine.becameInactive())
            if hasExchange { problems.append("an exchange was never ended") }
            if machine.close() { problems.append("it can be closed twice") }
        }

        mutating func part(_ action: Machine.PartAction) {
            switch action {
            case .keep: if !hasExchange { problems.append("kept a part for nobody") }
            case .drop: break
            case .failAndClose: finish(closes: true)
            }
        }

        mutating func close(_ closing: Machine.Closing) {
            switch closing {
            case .nothing: break
            case .close:
                if hasExchange { problems.append("forgot the exchange") }
                isOpen = false
            case .finishAndClose, .failAndClose: finish(closes: true)
            }
        }

        mutating func finish(closes: Bool) {
            if !hasExchange { problems.append("ended an exchange that is not there") }
            hasExchange = false
            if closes { isOpen = false }
        }
    }
}
