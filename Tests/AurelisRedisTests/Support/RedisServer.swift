import AurelisTestSupport
import Foundation
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
    private let process = Mutex<ChildProcess?>(nil)

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
        try await ServerPlaces.shared.use {
            // Short: the path of a Unix socket has little room.
            let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
                "ar-\(UUID().uuidString.prefix(8))"
            )
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: directory) }
            let server = try await started(arguments, isTLSOnly: isTLSOnly, in: directory)
            do {
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
            } catch {
                await server.kill()
                throw error
            }
            await server.kill()
        }
    }

    /// A server that runs. Another program may take the port before the server has it, so another one is tried.
    private static func started(_ arguments: [String], isTLSOnly: Bool, in directory: URL) async throws -> RedisServer {
        var attempts = 0
        while true {
            let port = try await FreePort.next()
            let ports = isTLSOnly ? ["--port", "0", "--tls-port", "\(port)"] : ["--port", "\(port)"]
            let server = RedisServer(port: port, directory: directory, arguments: arguments + ports)
            do {
                try await server.start()
                return server
            } catch let error as NotStarted where attempts < 5 && error.log.contains("Address already in use") {
                attempts += 1
            }
        }
    }

    /// Starts the server and returns when it accepts connections.
    func start() async throws {
        let process = try ChildProcess(
            try Self.executable.get(),
            ["--save", "", "--appendonly", "no", "--bind", "127.0.0.1", "--daemonize", "no"]
                + ["--dir", directory.path, "--unixsocket", socketPath, "--unixsocketperm", "700"] + arguments
        )
        self.process.withLock { $0 = process }
        guard await process.prints("The server is now ready to accept connections at") else {
            throw NotStarted(log: process.output)
        }
    }

    private static let executable = Result { () throws(Missing) in
        let search = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders =
            search.split(separator: ":").map(String.init) + ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"]
        let paths = folders.map { "\($0)/redis-server" }
        guard let path = paths.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
            throw Missing()
        }
        return path
    }

    /// Ends the server as a power cut would, and returns when it is gone.
    func kill() async {
        guard let process = process.withLock({ $0.take() }) else { return }
        process.signal(SIGKILL)
        _ = await process.end()
    }

    func freeze() { process.withLock { $0 }?.signal(SIGSTOP) }

    func thaw() { process.withLock { $0 }?.signal(SIGCONT) }
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
            try await pause()
        }
    }
}

/// Waits until a condition holds that others bring about, for as long as the test may last.
func settle(_ condition: () async -> Bool) async {
    while await !condition() {
        guard (try? await pause()) != nil else { return }
    }
}

/// Another process is asked again and again until it is so far: without a pause that would take the processor from
/// the tests beside this one.
private func pause() async throws {
    try await Task.sleep(for: .milliseconds(1))
}
