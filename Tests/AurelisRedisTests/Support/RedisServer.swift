import Foundation
import NIOCore
import NIOPosix
import Synchronization

@testable import AurelisRedis

/// A real `redis-server` on a free port of its own, stopped when the test is over.
final class RedisServer: Sendable {
    struct Missing: Error, CustomStringConvertible {
        let description = "redis-server is not installed: apt-get install redis-server (macOS: brew install redis)"
    }

    struct NotStarted: Error { var log: String }

    let port: Int
    let directory: URL
    private let arguments: [String]
    private let process = Mutex<Process?>(nil)

    private init(port: Int, directory: URL, arguments: [String]) {
        self.port = port
        self.directory = directory
        self.arguments = arguments
    }

    var socketPath: String { directory.appendingPathComponent("redis.sock").path }

    var configuration: RedisConfiguration {
        var configuration = RedisConfiguration(endpoint: .tcp(host: "127.0.0.1", port: port))
        // Tests say what a deadline is; elsewhere a busy machine must not decide the result.
        configuration.deadline = .seconds(10)
        configuration.connectTimeout = .seconds(5)
        configuration.backoff.base = .milliseconds(1)
        configuration.backoff.cap = .milliseconds(20)
        return configuration
    }

    /// Runs a server and a client of it.
    static func run(
        _ arguments: [String] = [],
        isTLSOnly: Bool = false,
        configure: (inout RedisConfiguration, RedisServer) throws -> Void = { _, _ in },
        _ body: (RedisServer, RedisClient) async throws -> Void
    ) async throws {
        // Short: the path of a Unix socket has little room.
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "ar-\(UUID().uuidString.prefix(8))"
        )
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let server = try await started(arguments, isTLSOnly: isTLSOnly, in: directory)
        defer { server.kill() }
        var configuration = server.configuration
        try configure(&configuration, server)
        let client = RedisClient(configuration)
        do {
            try await body(server, client)
        } catch {
            await client.shutdown()
            throw error
        }
        await client.shutdown()
    }

    /// A server that runs. A free port may be taken before the server has it, so another one is tried.
    private static func started(_ arguments: [String], isTLSOnly: Bool, in directory: URL) async throws -> RedisServer {
        var attempts = 0
        while true {
            let port = try freePort()
            let ports = isTLSOnly ? ["--port", "0", "--tls-port", "\(port)"] : ["--port", "\(port)"]
            let server = RedisServer(port: port, directory: directory, arguments: arguments + ports)
            do {
                try await server.start()
                return server
            } catch let error as NotStarted where attempts < 2 && error.log.contains("Address already in use") {
                attempts += 1
            }
        }
    }

    /// Starts the server and returns when it accepts connections.
    func start() async throws {
        let search = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders =
            search.split(separator: ":").map(String.init) + ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"]
        let paths = folders.map { "\($0)/redis-server" }
        guard let path = paths.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
            throw Missing()
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.currentDirectoryURL = directory
        process.arguments =
            ["--save", "", "--appendonly", "no", "--bind", "127.0.0.1", "--daemonize", "no"]
            + ["--unixsocket", socketPath, "--unixsocketperm", "700"] + arguments
        let log = Pipe()
        process.standardOutput = log
        process.standardError = log
        try process.run()
        self.process.withLock { $0 = process }
        var text = ""
        // The server says so when it listens; its log goes on to be read, so that it never blocks on a full pipe.
        while true {
            let bytes = log.fileHandleForReading.availableData
            guard !bytes.isEmpty else { throw NotStarted(log: text) }
            text += String(decoding: bytes, as: UTF8.self)
            if text.contains("The server is now ready to accept connections at") { break }
        }
        log.fileHandleForReading.readabilityHandler = { handle in
            if handle.availableData.isEmpty { handle.readabilityHandler = nil }
        }
    }

    func kill() { end(with: SIGKILL) }

    func freeze() { signal(SIGSTOP) }

    func thaw() { signal(SIGCONT) }

    private func signal(_ number: Int32) {
        process.withLock { process in
            if let process, process.isRunning { _ = Foundation.kill(process.processIdentifier, number) }
        }
    }

    private func end(with number: Int32) {
        signal(number)
        process.withLock { $0.take() }?.waitUntilExit()
    }

    static func freePort() throws -> Int {
        let channel = try ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: "127.0.0.1", port: 0).wait()
        defer { try? channel.close().wait() }
        return channel.localAddress?.port ?? 0
    }
}

/// The Redis error that something fails with.
func failure(_ body: () async throws(RedisError) -> some Any) async -> RedisError? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error
    }
}

/// Repeats something until it succeeds, for as long as the test may last.
func eventually<Value>(_ body: () async throws(RedisError) -> Value) async throws -> Value {
    while true {
        do throws(RedisError) {
            return try await body()
        } catch {
            try Task.checkCancellation()
            await Task.yield()
        }
    }
}

/// Gives other tasks their turn until a condition that they bring about holds.
func settle(_ condition: () -> Bool) async {
    while !condition(), !Task.isCancelled { await Task.yield() }
}
