import Testing

@testable import AurelisGateway

@Suite("Connection state machine, generated sequences")
struct StateMachineSequenceTests {
    /// What must hold whatever happens, followed along a sequence of events.
    private struct Witness {
        var machine = HTTPServerConnectionStateMachine(maximumBody: 50, maximumUpload: 70)
        var random: SplitMix64
        /// Requests that wait for an answer: never more than one.
        var pending = 0
        var appended = 0
        var limit = 0
        var isStreaming = false
        var isLast = false
        var isDraining = false
        var log: [String] = []

        mutating func step() {
            switch Int.random(in: 0..<13, using: &random) {
            case 0...1: head()
            case 2...3: body()
            case 4: end()
            case 5...6: answer()
            case 7: beginStream()
            case 8: endStream()
            case 9: fail()
            case 10: inputClosed()
            case 11: timeout()
            default:
                if Int.random(in: 0..<4, using: &random) == 0 { drain() } else { machine.headStarted() }
            }
            #expect(pending <= 1, "\(log)")
            #expect(machine.holdsInput == (pending == 1 || isStreaming), "\(log)")
            #expect(!(machine.holdsInput && machine.isEnding), "\(log)")
        }

        mutating func head() {
            guard !machine.holdsInput else { return }
            var facts = RequestFacts(
                keepsAlive: Bool.random(using: &random),
                isHTTP10: Bool.random(using: &random),
                body: [.none, .length(Int.random(in: 0..<80, using: &random)), .chunked].randomElement(using: &random)
                    ?? .none,
                expectsContinue: Bool.random(using: &random),
                wantsBody: Bool.random(using: &random)
            )
            facts.streamsBody = facts.wantsBody && Bool.random(using: &random)
            let wasWaiting = machine.wait == .head || machine.wait == .nextRequest
            let action = machine.receivedHead(facts)
            log.append("head \(facts) \(action)")
            switch action {
            case .collectBody(let sendContinue), .streamBody(let sendContinue):
                #expect(wasWaiting && !isLast, "\(log)")
                #expect(!sendContinue || !facts.isHTTP10, "\(log)")
                #expect(machine.isReceivingUpload == facts.streamsBody, "\(log)")
                (appended, limit) = (0, facts.streamsBody ? 70 : 50)
            case .discardBody: break
            case .answer, .refuse: pending += 1
            }
        }

        mutating func body() {
            let count = Int.random(in: 1..<30, using: &random)
            let action = machine.receivedBody(count)
            log.append("body \(action)")
            switch action {
            case .append:
                appended += count
                #expect(appended <= limit, "\(log)")
            case .discard: break
            case .refuse: pending += 1
            }
        }

        mutating func end() {
            guard !machine.holdsInput else { return }
            let isComplete = machine.receivedEnd()
            log.append("end \(isComplete)")
            if isComplete { pending += 1 }
        }

        mutating func answer() {
            let after = machine.answerWhole(hasHeldInput: Bool.random(using: &random))
            log.append("answer \(String(describing: after))")
            #expect((after != nil) == (pending == 1), "\(log)")
            guard let after else { return }
            pending = 0
            finish(after)
        }

        mutating func beginStream() {
            let framing = machine.beginStream(hasHeldInput: Bool.random(using: &random))
            log.append("begin \(String(describing: framing))")
            #expect((framing != nil) == (pending == 1), "\(log)")
            guard let framing else { return }
            #expect(framing.isChunked || framing.closes, "\(log)")
            pending = 0
            isStreaming = true
        }

        mutating func endStream() {
            let failed = Bool.random(using: &random)
            let after = machine.endStream(failed: failed)
            log.append("end stream \(String(describing: after))")
            #expect((after != nil) == isStreaming, "\(log)")
            guard let after else { return }
            #expect(!failed || after == .close, "\(log)")
            isStreaming = false
            finish(after)
        }

        mutating func finish(_ after: HTTPServerConnectionStateMachine.AfterAnswer) {
            #expect(!isLast, "nothing follows the last answer: \(log)")
            #expect(!isDraining || after != .next, "\(log)")
            guard after != .next else { return }
            isLast = true
            #expect(machine.isFlushing, "\(log)")
            if Bool.random(using: &random) { _ = machine.lastAnswerWritten() }
        }

        mutating func fail() {
            guard !machine.holdsInput else { return }
            let isAnswered = machine.failed()
            log.append("fail \(isAnswered)")
            if isAnswered { pending += 1 }
        }

        mutating func inputClosed() {
            let action = machine.inputClosed()
            log.append("eof \(action)")
            switch action {
            case .probe: #expect(pending == 1, "\(log)")
            case .probeStream: #expect(isStreaming, "\(log)")
            case .close: closed()
            case .none: break
            }
        }

        mutating func timeout() {
            let action = machine.timedOut()
            log.append("timeout \(action)")
            switch action {
            case .none: break
            case .close: closed()
            case .refuse: pending += 1
            }
        }

        mutating func drain() {
            log.append("drain")
            isDraining = true
            if machine.drain() { closed() }
        }

        mutating func closed() {
            let isUploading = machine.isReceivingUpload
            let cancels = machine.closed()
            #expect(cancels == (pending == 1 || isStreaming || isUploading), "\(log)")
            pending = 0
            isStreaming = false
            isLast = true
        }
    }

    @Test("whatever comes in whatever order, each request has one answer and the last is the last")
    func invariants() {
        var seeds = SplitMix64(state: 7)
        for _ in 0..<3_000 {
            var witness = Witness(random: SplitMix64(state: seeds.next()))
            for _ in 0..<40 { witness.step() }
        }
    }
}
