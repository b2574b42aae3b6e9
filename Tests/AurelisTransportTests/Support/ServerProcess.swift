import Foundation
import NIOCore
import NIOPosix

/// A server of another make, on a loopback port of its own for as long as a test runs.
enum ServerProcess {
    /// - Parameter command: the program and its arguments, for a port.
    static func run(_ command: (_ port: Int) throws -> [String], _ body: (_ port: Int) async throws -> Void)
        async throws
    {
        let port = try await freePort()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = try ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"] + command(port)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardInput = Pipe()
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        process.terminationHandler = { _ in end.finish() }
        try process.run()
        let result: Result<Void, any Error>
        do {
            try await listening(on: port, process)
            result = .success(try await body(port))
        } catch {
            result = .failure(error)
        }
        // Signals that can be blocked are, in children of a task's thread.
        kill(process.processIdentifier, SIGKILL)
        for await _ in ended {}
        try result.get()
    }

    private static func freePort() async throws -> Int {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = channel.localAddress?.port ?? 0
        try await channel.close()
        return port
    }

    struct NotListening: Error {}

    /// Returns when somebody accepts connections.
    private static func listening(on port: Int, _ process: Process) async throws {
        while true {
            guard process.isRunning else { throw NotListening() }
            try Task.checkCancellation()
            let attempt = try? await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: port).get()
            if let attempt { return try await attempt.close() }
        }
    }
}

/// `openssl s_server`, which answers every request with what it knows of the connection.
enum OpenSSLServer {
    static func run(
        _ authority: TestAuthority,
        _ arguments: [String] = [],
        _ body: (_ port: Int) async throws -> Void
    ) async throws {
        let identity = ["-cert", authority.path("good.pem"), "-key", authority.path("good.key")]
        try await ServerProcess.run(
            { port in ["openssl", "s_server", "-accept", "127.0.0.1:\(port)", "-www"] + identity + arguments },
            body
        )
    }
}

/// `tinyproxy`.
enum TinyProxy {
    /// - Parameter login: user and password, divided by a space.
    static func run(login: String? = nil, _ body: (_ port: Int) async throws -> Void) async throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("proxy-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try await ServerProcess.run(
            { port in
                let configuration = """
                    Port \(port)
                    Listen 127.0.0.1
                    Allow 127.0.0.1
                    LogLevel Error
                    \(login.map { "BasicAuth \($0)" } ?? "")

                    """
                try configuration.write(to: file, atomically: true, encoding: .utf8)
                return ["tinyproxy", "-d", "-c", file.path]
            },
            body
        )
    }
}
