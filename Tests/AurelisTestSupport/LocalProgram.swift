internal import NIOCore
internal import NIOPosix

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// A program of another make, on a loopback port of its own for as long as a test runs.
package enum LocalProgram {
    package struct NotListening: Error { package var output: String }

    /// - Parameter command: the program and its arguments, for a port.
    package static func run(
        _ command: (_ port: Int) throws -> [String],
        _ body: (_ port: Int) async throws -> Void
    ) async throws {
        let port = try await freePort()
        let process = try ChildProcess("/usr/bin/env", [path] + command(port))
        let result: Result<Void, any Error>
        do {
            try await listening(on: port, process)
            result = .success(try await body(port))
        } catch {
            result = .failure(error)
        }
        process.signal(SIGKILL)
        _ = await process.end()
        try result.get()
    }

    /// A port on which nobody listens: none of those that the system gives to whoever wants any, so that no other test
    /// gets it in the moment before its program does.
    package static func freePort() async throws -> Int {
        while true {
            let port = Int.random(in: 20_000..<30_000)
            let attempt = try? await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .bind(host: "127.0.0.1", port: port).get()
            guard let attempt else { continue }
            try await attempt.close()
            return port
        }
    }

    /// Runs a shell script to its end.
    package static func shell(_ script: String, in folder: String) async throws {
        let process = try ChildProcess("/bin/sh", ["-ec", "cd \"$0\"\n" + script, folder])
        struct Failed: Error { let output: String }
        guard await process.end() == 0 else { throw Failed(output: process.output) }
    }

    private static let path = "PATH=/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin:/opt/homebrew/bin"

    /// Returns when somebody accepts connections.
    private static func listening(on port: Int, _ process: ChildProcess) async throws {
        while true {
            guard !process.hasEnded else { throw NotListening(output: process.output) }
            try Task.checkCancellation()
            let attempt = try? await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: port).get()
            if let attempt { return try await attempt.close() }
        }
    }
}
