import Aurelis
import AurelisJSON
import AurelisServing
import AurelisTesting
import Logging
import NIOCore
import NIOEmbedded
import NIOHTTP1

@testable import AurelisGateway

/// One connection of the gateway without a network, from the decoder to a provider that answers at once.
enum HTTPFront {
    /// What came of a connection.
    struct Outcome {
        var statuses: [Int] = []
        /// How many heads of requests were taken.
        var heads = 0
        /// What the provider was asked, as far as it must be the client's own bytes.
        var calls: [[UInt8]] = []
        var openConnections = 0
        var bodyBytes = 0
    }

    /// Small, so that a fuzzer gets to every bound.
    private static let configuration = {
        var configuration = GatewayConfiguration()
        configuration.limits.body = 512
        configuration.limits.headerBytes = 512
        configuration.limits.headerFields = 12
        configuration.limits.target = 128
        configuration.limits.pipelined = 1_024
        return configuration
    }()

    static func serve(_ pieces: [[UInt8]]) throws -> Outcome {
        let provider = ScriptedProvider(models: [.gpt4oMini])
        let quiet = Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() }
        let orchestrator = ModelOrchestrator(providers: [provider], time: ManualTimeSource(), logger: quiet)
        let server = ServerContext(
            configuration: configuration,
            orchestrator: { orchestrator },
            access: nil,
            stored: nil,
            logger: quiet
        )
        let channel = EmbeddedChannel()
        let loop = LoopContext(server: server, eventLoop: channel.eventLoop)
        let connection = HTTPConnectionHandler(loop: loop, eventLoop: channel.eventLoop)
        try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(decoder(for: connection)))
        try channel.pipeline.syncOperations.addHandler(connection)
        try channel.connect(to: try SocketAddress(unixDomainSocketPath: "/client")).wait()

        var output = ByteBuffer()
        for piece in pieces where channel.isActive {
            _ = try? channel.writeInbound(ByteBuffer(bytes: piece))
            try take(from: channel, &output)
        }
        if channel.isActive { channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
        try take(from: channel, &output)
        if channel.isActive { channel.close(promise: nil) }
        try take(from: channel, &output)

        var outcome = Outcome()
        outcome.heads = connection.headsTaken
        outcome.calls = provider.attempts.map { mark(of: $0.body) }
        outcome.openConnections = server.connections.open
        outcome.bodyBytes = server.bodies.bytes
        outcome.statuses = try Answers(output).statuses
        return outcome
    }

    /// What no provider's wire changes.
    static func mark(of body: JSONDocument) -> [UInt8] {
        Array((body["messages"] ?? body["input"])?.raw ?? [])
    }

    private static func decoder(for connection: HTTPConnectionHandler) -> RequestDecoder {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = configuration.limits.headerBytes
        limits.maxHeaderListSize = configuration.limits.headerBytes
        limits.maxHeaderFieldCount = configuration.limits.headerFields
        return RequestDecoder(HTTPRequestDecoder(limitConfiguration: limits), for: connection)
    }

    private static func take(from channel: EmbeddedChannel, _ output: inout ByteBuffer) throws {
        channel.embeddedEventLoop.run()
        while var written = try channel.readOutbound(as: ByteBuffer.self) { output.writeBuffer(&written) }
    }
}

/// The answers on a connection, read as a client reads them: to the last byte.
private struct Answers {
    private(set) var statuses: [Int] = []
    private var rest: Substring.UTF8View

    init(_ output: ByteBuffer) throws {
        rest = Substring(String(buffer: output)).utf8
        while !rest.isEmpty { try takeAnswer() }
    }

    private mutating func takeAnswer() throws {
        let head = try take(through: "\r\n\r\n")
        let lines = head.split(separator: "\r\n")
        guard let status = lines.first.flatMap({ Int($0.dropFirst(9).prefix(3)) }), head.hasPrefix("HTTP/1.1 ") else {
            throw FuzzFinding(description: "no answer begins so: \(head.debugDescription)")
        }
        guard status >= 200 else { return }
        statuses.append(status)
        let fields = lines.dropFirst().map { $0.lowercased() }
        // What answers HEAD has no body, though it tells the length of one; no body begins like an answer.
        if rest.isEmpty || rest.starts(with: "HTTP/1.1 ".utf8) { return }
        if fields.contains("transfer-encoding: chunked") {
            while let size = Int(try take(through: "\r\n").dropLast(), radix: 16), size > 0 { try drop(size + 2) }
            try drop(2)
        } else if let length = fields.first(where: { $0.hasPrefix("content-length: ") }) {
            try drop(Int(length.dropFirst(16)) ?? 0)
        } else {
            rest = rest[rest.endIndex...]
        }
    }

    private mutating func take(through end: String) throws -> String {
        guard let range = rest.firstRange(of: end.utf8) else {
            throw FuzzFinding(description: "an answer ends in the middle: \(String(Substring(rest)).debugDescription)")
        }
        defer { rest = rest[range.upperBound...] }
        return String(Substring(rest[..<range.upperBound]))
    }

    private mutating func drop(_ count: Int) throws {
        try holds(count <= rest.count, "an answer is shorter than it says")
        rest = rest.dropFirst(count)
    }
}
