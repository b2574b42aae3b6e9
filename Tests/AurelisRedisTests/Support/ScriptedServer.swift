import NIOCore
import NIOPosix
import Synchronization

@testable import AurelisRedis

/// A TCP server that answers each command as a script says, with any bytes.
final class ScriptedServer: Sendable {
    /// What to write for a command's words; nil closes the connection.
    typealias Script = @Sendable (_ words: [String], _ server: ScriptedServer) -> String?

    let port: Int
    private let channel: any Channel
    private let children = Mutex<[any Channel]>([])
    private let log = Mutex<[[String]]>([])

    /// Every command so far, of all connections.
    var commands: [[String]] { log.withLock { $0 } }

    var endpoint: RedisEndpoint { .tcp(host: "127.0.0.1", port: port) }

    /// A server that agrees to the handshake and leaves the rest to the script.
    static func run(
        _ script: @escaping Script,
        configure: (inout RedisConfiguration) -> Void = { _ in },
        _ body: (ScriptedServer, RedisClient) async throws -> Void
    ) async throws {
        let server = try await ScriptedServer { words, server in
            switch words.first {
            case "HELLO": "%1\r\n+proto\r\n:3\r\n"
            case "CLIENT", "ASKING", "SELECT": "+OK\r\n"
            default: script(words, server)
            }
        }
        try await server.serve(configure: configure, body)
    }

    /// A server that leaves the handshake to the script too.
    static func runBare(
        _ script: @escaping Script,
        configure: (inout RedisConfiguration) -> Void = { _ in },
        _ body: (ScriptedServer, RedisClient) async throws -> Void
    ) async throws {
        try await ScriptedServer(script).serve(configure: configure, body)
    }

    private func serve(
        configure: (inout RedisConfiguration) -> Void,
        _ body: (ScriptedServer, RedisClient) async throws -> Void
    ) async throws {
        var configuration = RedisConfiguration(endpoint: endpoint)
        configuration.deadline = .seconds(10)
        configuration.connectTimeout = .seconds(5)
        configuration.backoff.base = .milliseconds(1)
        configure(&configuration)
        let client = RedisClient(configuration)
        do {
            try await body(self, client)
        } catch {
            await client.shutdown()
            await stop()
            throw error
        }
        await client.shutdown()
        await stop()
    }

    init(_ script: @escaping Script) async throws {
        let owner = ScriptedServerReference()
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ScriptedHandler(owner: owner, script: script))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
        owner.set(self)
    }

    func record(_ words: [String]) { log.withLock { $0.append(words) } }
    func adopt(_ child: any Channel) { children.withLock { $0.append(child) } }

    /// Closes every connection.
    func hangUp() {
        for child in children.withLock({ children in
            defer { children = [] }; return children
        }) {
            child.close(promise: nil)
        }
    }

    func stop() async {
        try? await channel.close()
        hangUp()
    }
}

/// Leads from a connection to its server without keeping it.
private final class ScriptedServerReference: Sendable {
    private struct Weak: Sendable { weak var server: ScriptedServer? }
    private let reference = Mutex(Weak())

    var server: ScriptedServer? { reference.withLock { $0.server } }

    func set(_ server: ScriptedServer) { reference.withLock { $0.server = server } }
}

private final class ScriptedHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let owner: ScriptedServerReference
    private let script: ScriptedServer.Script
    private var parser = RESPParser()

    init(owner: ScriptedServerReference, script: @escaping ScriptedServer.Script) {
        self.owner = owner
        self.script = script
    }

    func channelActive(context: ChannelHandlerContext) {
        owner.server?.adopt(context.channel)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        parser.append(&bytes)
        while let command = try? parser.next() {
            guard let words = command.elements?.compactMap(\.string), let server = owner.server else { return }
            server.record(words)
            guard let answer = script(words, server) else {
                context.close(promise: nil)
                return
            }
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
        }
    }
}
