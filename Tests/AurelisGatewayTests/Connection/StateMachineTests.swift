import AurelisServing
import Testing

@testable import AurelisGateway

@Suite("Connection state machine")
struct StateMachineTests {
    typealias Machine = HTTPServerConnectionStateMachine

    private static func machine(_ maximumBody: Int = 100) -> Machine { Machine(maximumBody: maximumBody) }

    /// A machine with a complete request that waits for its answer.
    private static func handling(_ facts: RequestFacts = RequestFacts()) -> Machine {
        var machine = machine()
        _ = machine.receivedHead(facts)
        #expect(machine.receivedEnd() == true)
        return machine
    }

    private static func streaming(_ facts: RequestFacts = RequestFacts()) -> Machine {
        var machine = handling(facts)
        #expect(machine.beginStream(hasHeldInput: false) != nil)
        return machine
    }

    @Test("a request is gathered, answered, and followed by the next")
    func wholeExchange() {
        var machine = Self.machine()
        for _ in 0..<3 {
            #expect(machine.receivedHead(RequestFacts(body: .length(30))) == .collectBody(sendContinue: false))
            #expect(machine.receivedBody(10) == .append)
            #expect(machine.receivedBody(20) == .append)
            #expect(!machine.holdsInput)
            #expect(machine.receivedEnd() == true)
            #expect(machine.holdsInput)
            #expect(machine.answerWhole(hasHeldInput: false) == .next)
            #expect(!machine.holdsInput)
        }
    }

    @Test("a stream is chunked and followed by the next request")
    func stream() {
        var machine = Self.handling()
        #expect(machine.beginStream(hasHeldInput: false) == .init(isChunked: true, closes: false))
        #expect(machine.holdsInput)
        #expect(machine.answerWhole(hasHeldInput: false) == nil)
        #expect(machine.endStream(failed: false) == .next)
        #expect(machine.endStream(failed: false) == nil)
    }

    @Test("a failed stream closes the connection")
    func failedStream() {
        var machine = Self.streaming()
        #expect(machine.endStream(failed: true) == .close)
        #expect(machine.isEnding)
    }

    @Test("an HTTP/1.0 stream is delimited by the end of the connection, whatever the client hopes")
    func http10Stream() {
        var machine = Self.handling(RequestFacts(keepsAlive: true, isHTTP10: true))
        #expect(machine.beginStream(hasHeldInput: false) == .init(isChunked: false, closes: true))
        #expect(machine.endStream(failed: false) == .close)
    }

    @Test("Connection: close ends the connection with the answer")
    func close() {
        var machine = Self.handling(RequestFacts(keepsAlive: false))
        #expect(machine.answerWhole(hasHeldInput: true) == .close)
        #expect(machine.isFlushing)
        #expect(machine.lastAnswerWritten() == true)
    }

    @Test("the limit of the body holds for declared and for actual bytes")
    func bodyLimit() {
        var machine = Self.machine()
        #expect(machine.receivedHead(RequestFacts(body: .length(101))) == .refuse(.bodyTooLarge(limit: 100)))
        #expect(machine.answerWhole(hasHeldInput: false) == .linger)

        machine = Self.machine()
        #expect(machine.receivedHead(RequestFacts(body: .chunked)) == .collectBody(sendContinue: false))
        #expect(machine.receivedBody(100) == .append)
        #expect(machine.receivedBody(1) == .refuse(.bodyTooLarge(limit: 100)))
        #expect(machine.receivedBody(1) == .discard)
        #expect(machine.answerWhole(hasHeldInput: false) == .linger)
        #expect(machine.receivedBody(1) == .discard)
        #expect(machine.lastAnswerWritten() == false)
        #expect(machine.wait == .linger)
        #expect(machine.inputClosed() == .close)
    }

    @Test("permission to send is given once, and only where it is wanted and possible")
    func expectContinue() {
        let expecting = RequestFacts(body: .length(5), expectsContinue: true)
        var machine = Self.machine()
        #expect(machine.receivedHead(expecting) == .collectBody(sendContinue: true))
        machine = Self.machine()
        #expect(
            machine.receivedHead(RequestFacts(isHTTP10: true, body: .length(5), expectsContinue: true))
                == .collectBody(sendContinue: false)
        )
        machine = Self.machine()
        #expect(
            machine.receivedHead(RequestFacts(body: .none, expectsContinue: true)) == .collectBody(sendContinue: false)
        )
        machine = Self.machine()
        #expect(
            machine.receivedHead(RequestFacts(body: .length(5), expectsContinue: true, wantsBody: false)) == .answer
        )
        #expect(machine.answerWhole(hasHeldInput: false) == .linger)
    }

    @Test("a body nobody wants passes by, within the same limit")
    func unwantedBody() {
        var machine = Self.machine()
        #expect(machine.receivedHead(RequestFacts(body: .chunked, wantsBody: false)) == .discardBody)
        #expect(machine.receivedBody(60) == .discard)
        #expect(machine.receivedBody(60) == .refuse(.bodyTooLarge(limit: 100)))
    }

    @Test("end of input: closes what waits for the client, probes what the client waits for")
    func inputClosed() {
        var machine = Self.machine()
        #expect(machine.inputClosed() == .close)

        machine = Self.machine()
        _ = machine.receivedHead(RequestFacts(body: .length(5)))
        #expect(machine.inputClosed() == .close)

        machine = Self.handling()
        #expect(machine.inputClosed() == .probe)
        #expect(machine.answerWhole(hasHeldInput: false) == .close)
        #expect(machine.inputClosed() == .none)

        machine = Self.handling(RequestFacts(isHTTP10: true))
        #expect(machine.inputClosed() == .close)

        machine = Self.streaming()
        #expect(machine.inputClosed() == .probeStream)
    }

    @Test("after end of input, requests that were already sent are answered, and half a one is not awaited")
    func inputClosedWithHeldRequests() {
        var machine = Self.handling()
        #expect(machine.inputClosed() == .probe)
        #expect(machine.answerWhole(hasHeldInput: true) == .next)
        #expect(machine.isStarved)
        _ = machine.receivedHead(RequestFacts())
        #expect(machine.isStarved)
        #expect(machine.receivedEnd() == true)
        #expect(!machine.isStarved)
        #expect(machine.answerWhole(hasHeldInput: false) == .close)
    }

    @Test("a refused client whose input has ended is not lingered for")
    func noLingeringAfterEnd() {
        var machine = Self.machine()
        #expect(machine.failed() == true)
        #expect(machine.answerWhole(hasHeldInput: false) == .linger)
        #expect(machine.inputClosed() == .none)
        #expect(machine.lastAnswerWritten() == true)
    }

    @Test("what the connection waits for, and what happens when it waits too long")
    func timeouts() {
        var machine = Self.machine()
        #expect(machine.wait == .head)
        #expect(machine.timedOut() == .close)

        machine = Self.machine()
        machine.headStarted()
        #expect(machine.wait == .head)
        #expect(machine.timedOut() == .refuse(.headTimeout))
        #expect(machine.answerWhole(hasHeldInput: false) == .linger)

        machine = Self.handling()
        #expect(machine.wait == .none)
        #expect(machine.timedOut() == .none)
        _ = machine.answerWhole(hasHeldInput: false)
        #expect(machine.wait == .nextRequest)
        #expect(machine.timedOut() == .close)
        machine.headStarted()
        #expect(machine.wait == .head)

        machine = Self.machine()
        _ = machine.receivedHead(RequestFacts(body: .length(5)))
        #expect(machine.wait == .body)
        #expect(machine.timedOut() == .refuse(.bodyTimeout))
    }

    @Test("draining closes what is idle and lets the rest finish")
    func draining() {
        var machine = Self.machine()
        #expect(machine.drain() == true)

        machine = Self.machine()
        machine.headStarted()
        #expect(machine.drain() == false)
        _ = machine.receivedHead(RequestFacts())
        _ = machine.receivedEnd()
        #expect(machine.answerWhole(hasHeldInput: true) == .close)

        machine = Self.handling()
        #expect(machine.drain() == false)
        #expect(machine.beginStream(hasHeldInput: false) == .init(isChunked: true, closes: true))

        machine = Self.streaming()
        #expect(machine.drain() == false)
        #expect(machine.endStream(failed: false) == .close)
    }

    @Test("the end of the connection cancels an answer in the making, and only that")
    func closed() {
        var machine = Self.machine()
        #expect(machine.closed() == false)
        machine = Self.handling()
        #expect(machine.closed() == true)
        #expect(machine.closed() == false)
        #expect(machine.answerWhole(hasHeldInput: false) == nil)
        #expect(machine.beginStream(hasHeldInput: false) == nil)
        machine = Self.streaming()
        #expect(machine.closed() == true)
        #expect(machine.endStream(failed: false) == nil)
    }
}
