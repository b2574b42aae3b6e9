import AurelisServing
import Testing

@testable import AurelisGateway

@Suite("Connection state machine: bodies that are passed on")
struct UploadStateTests {
    typealias Machine = HTTPServerConnectionStateMachine

    private static func facts(_ body: RequestFacts.Body, expectsContinue: Bool = false) -> RequestFacts {
        var facts = RequestFacts(body: body, expectsContinue: expectsContinue)
        facts.streamsBody = true
        return facts
    }

    private static func machine() -> Machine { Machine(maximumBody: 10, maximumUpload: 100, maximumFile: 90) }

    @Test("an upload may be larger than a body that is held, and is followed by the next request")
    func whole() {
        var machine = Self.machine()
        #expect(machine.receivedHead(Self.facts(.length(100))) == .streamBody(sendContinue: false))
        #expect(machine.isReceivingUpload && machine.bodyLimit == 100)
        #expect(machine.receivedBody(60) == .append)
        #expect(machine.receivedBody(40) == .append)
        #expect(machine.receivedEnd() == true)
        #expect(!machine.isReceivingUpload && machine.bodyLimit == 10)
        #expect(machine.answerWhole(hasHeldInput: false) == .next)
        #expect(machine.receivedHead(RequestFacts(body: .length(11))) == .refuse(.bodyTooLarge(limit: 10)))
    }

    @Test("one that is announced too large is refused without its body; one that becomes so, as soon as it does")
    func tooLarge() {
        var machine = Self.machine()
        #expect(machine.receivedHead(Self.facts(.length(101))) == .refuse(.uploadTooLarge(size: 101, limit: 90)))
        #expect(machine.answerWhole(hasHeldInput: false) == .linger)
        machine = Self.machine()
        #expect(machine.receivedHead(Self.facts(.chunked)) == .streamBody(sendContinue: false))
        #expect(machine.receivedBody(100) == .append)
        #expect(machine.bodyRefusal == .uploadTooLarge(size: nil, limit: 90))
        #expect(machine.receivedBody(1) == .refuse(.uploadTooLarge(size: nil, limit: 90)))
        #expect(machine.answerWhole(hasHeldInput: false) == .linger)
    }

    @Test("an answer before the end of the body is the last one of its connection")
    func earlyAnswer() {
        var machine = Self.machine()
        #expect(machine.receivedHead(Self.facts(.length(50), expectsContinue: true)) == .streamBody(sendContinue: true))
        #expect(machine.receivedBody(10) == .append)
        #expect(machine.answerWhole(hasHeldInput: false) == nil)
        #expect(machine.failed() == true)
        #expect(machine.receivedBody(40) == .discard)
        #expect(machine.receivedEnd() == false)
        #expect(machine.answerWhole(hasHeldInput: false) == .linger)
    }

    @Test("whoever takes the upload in is cancelled when the client is gone")
    func disconnect() {
        var machine = Self.machine()
        _ = machine.receivedHead(Self.facts(.length(50)))
        #expect(machine.inputClosed() == .close)
        #expect(machine.closed() == true)
        machine = Self.machine()
        _ = machine.receivedHead(RequestFacts(body: .length(5)))
        #expect(machine.closed() == false)
    }
}
