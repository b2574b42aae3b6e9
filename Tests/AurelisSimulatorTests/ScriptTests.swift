import NIOCore
import Testing

@testable import AurelisSimulator

@Suite("Response scripts")
struct ScriptTests {
    private static func at(_ seconds: Double) -> SimulatorInstant { .start.advanced(by: .seconds(seconds)) }

    private func script(
        _ fault: Fault? = nil,
        stream: Bool = false,
        client: ResponseScript.Client = .init(),
        latency: SimulatorLatency = .none
    ) -> ResponseScript {
        let reply = Reply(interpret(Sample.chat("openai/gpt-4o", stream: stream)), catalog: .standard)
        let id = RequestID(seed: 1, sequence: 1)
        return ResponseScript(reply, fault: fault, client: client, latency: latency, requestID: id)
    }

    private func bytes(_ script: ResponseScript) -> String {
        script.steps.map { if case .write(let bytes) = $0 { String(buffer: bytes) } else { "" } }.joined()
    }

    @Test("without delays an answer is one write")
    func oneWrite() {
        for stream in [true, false] {
            #expect(script(stream: stream).steps.count == 1)
            #expect(script(stream: stream).ending == .keepAlive)
        }
    }

    @Test("what is prepared is what would be written, but for the request's id", arguments: [true, false])
    func prepared(stream: Bool) {
        let reply = Reply(interpret(Sample.chat("openai/gpt-4o", stream: stream)), catalog: .standard)
        var (prepared, place) = ResponseScript.whole(reply)
        RequestID(seed: 1, sequence: 1).set(in: &prepared, at: place)
        #expect(String(buffer: prepared) == bytes(script(stream: stream)))
    }

    @Test("delays change when bytes are written, never which", arguments: [true, false])
    func sameBytes(stream: Bool) {
        let slow = SimulatorLatency(firstToken: .seconds(1), perToken: .milliseconds(10))
        let expected = bytes(script(stream: stream))
        #expect(bytes(script(stream: stream, latency: slow)) == expected)
        for fault in [
            Fault.slowHeaders(seconds: 1), .slowFirstToken(seconds: 1), .stall(afterFraction: 0.3, seconds: 1),
            .slowBody(bytes: 7, everySeconds: 0.1), .stall(afterFraction: 0, seconds: 1),
            .stall(afterFraction: 1, seconds: 1),
        ] {
            #expect(bytes(script(fault, stream: stream)) == expected, "\(fault.name)")
        }
    }

    @Test("a cut delivers a beginning of the answer, at any fraction", arguments: [true, false])
    func cuts(stream: Bool) {
        let expected = bytes(script(stream: stream))
        var previous = -1
        for fraction in stride(from: 0.0, through: 1.0, by: 0.125) {
            let cut = script(.cut(afterFraction: fraction, reset: false), stream: stream)
            #expect(cut.ending == .close)
            #expect(expected.hasPrefix(bytes(cut)))
            #expect(bytes(cut).utf8.count >= previous)
            previous = bytes(cut).utf8.count
        }
    }

    @Test("a client that closes, or knows no chunks, gets its form")
    func clients() {
        #expect(script(client: .init(keepsAlive: false)).ending == .close)
        let old = script(stream: true, client: .init(keepsAlive: true, takesChunks: false))
        #expect(old.ending == .close)
        #expect(bytes(old).hasSuffix("\n\ndata: [DONE]\n\n"))
        #expect(bytes(script(client: .init(headOnly: true))).hasSuffix("\r\n\r\n"))
    }

    @Test("the player waits until its moments, which add up from the arrival")
    func player() {
        var script = ResponseScript()
        script.steps = [.wait(.seconds(2)), .write(ByteBuffer(string: "a")), .wait(.seconds(3)), .hang]
        var player = ScriptPlayer(script, arrival: Self.at(10))
        #expect(player.next(at: Self.at(10)) == .waitUntil(Self.at(12)))
        #expect(player.next(at: Self.at(11.9)) == .waitUntil(Self.at(12)))
        #expect(player.next(at: Self.at(14)) == .write(ByteBuffer(string: "a")))
        #expect(player.next(at: Self.at(14)) == .waitUntil(Self.at(15)), "being late delays nothing else")
        #expect(player.deadline == Self.at(15))
        #expect(player.next(at: Self.at(15)) == .hang)
        #expect(player.next(at: Self.at(15)) == .finish(.keepAlive))
    }

    @Test("delays can be kept out of the time scale")
    func delayScale() {
        var script = ResponseScript()
        script.steps = [.wait(.seconds(2))]
        var player = ScriptPlayer(script, arrival: .start, delayScale: 60)
        #expect(player.next(at: .start) == .waitUntil(Self.at(120)))
        var configuration = SimulatorConfiguration(timeScale: 60, delaysFollowTimeScale: false)
        #expect(SimulatorCore(configuration, clock: .stopped).delayScale == 60)
        configuration.delaysFollowTimeScale = true
        #expect(SimulatorCore(configuration, clock: .stopped).delayScale == 1)
    }
}

@Suite("Remembered answers")
struct AnswerMemoTests {
    private static let endpoint = Endpoint.chat(.current)

    private func prepared(_ body: String) -> PreparedAnswer { PreparedAnswer(interpret(body), catalog: .standard) }

    @Test("an answer is found by its endpoint and its very bytes")
    func lookup() {
        var memo = AnswerMemo()
        let body = ByteBuffer(string: Sample.chat())
        let hash = AnswerMemo.hash(Self.endpoint, body)
        let answer = prepared(Sample.chat())
        memo.remember(answer, hash, Self.endpoint, body)
        #expect(memo.answer(hash, Self.endpoint, body) === answer)
        #expect(memo.answer(hash, .chat(.legacy), body) == nil)
        #expect(memo.answer(hash, Self.endpoint, ByteBuffer(string: "a collision")) == nil)
        #expect(AnswerMemo.hash(.chat(.legacy), body) != hash)
    }

    @Test("it stays within its bounds", arguments: [(4, 1 << 20), (1_000, 20_000)])
    func bounds(entries: Int, bytes: Int) {
        var memo = AnswerMemo(maximumEntries: entries, maximumBytes: bytes)
        let answer = prepared(Sample.chat())
        let bodies = (0..<50).map { ByteBuffer(string: "\($0)") }
        for body in bodies { memo.remember(answer, AnswerMemo.hash(Self.endpoint, body), Self.endpoint, body) }
        let known = bodies.filter { memo.answer(AnswerMemo.hash(Self.endpoint, $0), Self.endpoint, $0) != nil }
        #expect((1...10).contains(known.count))
        #expect(memo.answer(AnswerMemo.hash(Self.endpoint, bodies[49]), Self.endpoint, bodies[49]) === answer)
    }

    @Test("hashes depend on every byte and on the length")
    func hashes() {
        var seen: Set<UInt64> = []
        for length in 0..<40 {
            for position in 0..<max(length, 1) {
                var bytes = [UInt8](repeating: 0, count: length)
                if length > 0 { bytes[position] = 1 }
                seen.insert(AnswerMemo.hash(Self.endpoint, ByteBuffer(bytes: bytes)))
            }
        }
        #expect(seen.count == 1 + (1..<40).reduce(0, +))
    }
}
