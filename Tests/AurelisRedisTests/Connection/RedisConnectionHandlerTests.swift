import NIOCore
import NIOEmbedded
import Testing

@testable import AurelisRedis

@Suite("Connection handler")
struct RedisConnectionHandlerTests {
    private struct Rig {
        let channel = EmbeddedChannel()
        let handler: RedisConnectionHandler

        init(configure: (inout RedisConfiguration) -> Void = { _ in }) throws {
            var configuration = RedisConfiguration(endpoint: .unix(path: "/x"))
            configuration.clientName = ""
            configure(&configuration)
            handler = RedisConnectionHandler(configuration, eventLoop: channel.embeddedEventLoop)
            try channel.pipeline.syncOperations.addHandler(handler)
            try channel.connect(to: SocketAddress(unixDomainSocketPath: "/x")).wait()
        }

        func call(_ name: String, milliseconds: Int64 = 5) -> RedisCall {
            let end = channel.embeddedEventLoop.now + .milliseconds(milliseconds)
            return RedisCall(RedisCommand(name), deadline: end, isAsking: false, admission: .pass)
        }

        func written() throws -> String {
            var text = ""
            while let buffer = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: buffer) }
            return text
        }

        func receive(_ text: String) throws {
            try channel.writeInbound(ByteBuffer(string: text))
        }
    }

    private func outcome(_ call: RedisCall) async -> Result<RESPValue, RedisError> {
        switch await call.run({ _ in }) {
        case .reply(let value): .success(value)
        case .failed(let error, _), .refused(let error): .failure(error)
        }
    }

    @Test("a call that comes after the attempt failed is a failure of the server, not the caller's")
    func failedBefore() async throws {
        let rig = try Rig()
        rig.handler.fail(RedisError(.connectionFailed, "nobody there"))
        let call = rig.call("PING")
        rig.handler.submit([call])
        guard case .failed(let error, connection: 0) = await call.run({ _ in }) else {
            Issue.record("not counted")
            return
        }
        #expect(error.code == .connectionFailed)
    }

    @Test("calls are held until the handshake is done, then sent in one write")
    func handshake() async throws {
        let rig = try Rig()
        let calls = [rig.call("A"), rig.call("B")]
        rig.handler.submit(calls)
        #expect(try rig.written() == "*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n")
        try rig.receive("%0\r\n")
        let buffer = try #require(try rig.channel.readOutbound(as: ByteBuffer.self))
        #expect(String(buffer: buffer) == "*1\r\n$1\r\nA\r\n*1\r\n$1\r\nB\r\n")
        try rig.receive("+a\r\n+b")
        try rig.receive("\r\n")
        #expect(await outcome(calls[0]) == .success(.simple("a")))
        #expect(await outcome(calls[1]) == .success(.simple("b")))
    }

    @Test("a call ends at its deadline and its late reply is dropped")
    func timeout() async throws {
        let rig = try Rig()
        try rig.receive("%0\r\n")
        let slow = rig.call("A", milliseconds: 5)
        let patient = rig.call("B", milliseconds: 50)
        rig.handler.submit([patient])
        rig.handler.submit([slow])
        rig.channel.embeddedEventLoop.advanceTime(by: .milliseconds(5) - .nanoseconds(1))
        #expect(slow.isOpen)
        rig.channel.embeddedEventLoop.advanceTime(by: .nanoseconds(1))
        #expect(!slow.isOpen)
        #expect(patient.isOpen)
        try rig.receive("+b\r\n")
        #expect(await outcome(patient) == .success(.simple("b")))
        let next = rig.call("C")
        rig.handler.submit([next])
        try rig.receive("+late\r\n+c\r\n")
        guard case .failure(let error) = await outcome(slow) else { Issue.record("answered"); return }
        #expect(error.code == .timeout)
        #expect(await outcome(next) == .success(.simple("c")))
    }

    @Test("a call cancelled after sending keeps its place; one cancelled before is not sent")
    func cancellation() async throws {
        let rig = try Rig()
        try rig.receive("%0\r\n")
        _ = try rig.written()
        let (sent, unsent, other) = (rig.call("A"), rig.call("B"), rig.call("C"))
        rig.handler.submit([sent])
        for call in [sent, unsent] { call.resolve(.refused(RedisError(.cancelled, ""))) }
        rig.handler.submit([unsent, other])
        #expect(try rig.written() == "*1\r\n$1\r\nA\r\n*1\r\n$1\r\nC\r\n")
        try rig.receive("+a\r\n+c\r\n")
        #expect(await outcome(other) == .success(.simple("c")))
    }

    @Test("garbage closes the connection and fails what is outstanding", arguments: ["garbage\r\n", ":x\r\n"])
    func garbage(bytes: String) async throws {
        let rig = try Rig()
        var closures: [RedisError.Code] = []
        rig.handler.events.closed = { error, _ in closures.append(error.code) }
        try rig.receive("%0\r\n")
        let calls = [rig.call("A"), rig.call("B")]
        rig.handler.submit(calls)
        try rig.receive("+a\r\n\(bytes)+b\r\n")
        #expect(await outcome(calls[0]) == .success(.simple("a")))
        guard case .failure(let error) = await outcome(calls[1]) else { Issue.record("answered"); return }
        #expect(error.code == .protocolViolation)
        #expect(closures == [.protocolViolation])
        #expect(!rig.channel.isActive)
    }

    @Test("a reply to nothing closes the connection")
    func unasked() throws {
        let rig = try Rig()
        try rig.receive("%0\r\n+OK\r\n")
        #expect(rig.handler.isClosed)
    }

    @Test("bytes that wait to be sent are bounded")
    func unsentBytes() async throws {
        let rig = try Rig { $0.maximumUnsentBytes = 200 }
        let calls = (0..<5).map { _ in rig.call("PING") }
        rig.handler.submit(calls)
        let refused = calls.filter { !$0.isOpen }
        #expect(refused.count == 3 - 0 || refused.count == 2)
        guard case .failure(let error) = await outcome(refused[0]) else { Issue.record("answered"); return }
        #expect(error.code == .tooManyOutstanding)
        try rig.receive("%0\r\n")
        let later = rig.call("PING")
        rig.handler.submit([later])
        #expect(later.isOpen, "room is free again")
    }
}
