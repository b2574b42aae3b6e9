import Foundation
import NIOCore
import NIOPosix

/// A program of another make, on a loopback port of its own for as long as a test runs.
enum LocalProgram {
    struct NotListening: Error {}

    /// - Parameter command: the program and its arguments, for a port.
    static func run(_ command: (_ port: Int) throws -> [String], _ body: (_ port: Int) async throws -> Void)
        async throws
    {
        let port = try await freePort()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = try ["PATH=/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin"] + command(port)
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
        kill(process.processIdentifier, SIGKILL)
        for await _ in ended {}
        try result.get()
    }

    /// A port on which nobody listens.
    static func freePort() async throws -> Int {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = channel.localAddress?.port ?? 0
        try await channel.close()
        return port
    }

    private static func listening(on port: Int, _ process: Process) async throws {
        while true {
            guard process.isRunning else { throw NotListening() }
            try Task.checkCancellation()
            let attempt = try? await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: port).get()
            if let attempt { return try await attempt.close() }
        }
    }

    /// A program that runs to its end.
    static func shell(_ script: String, in folder: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-ec", script]
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        struct Failed: Error { let status: Int32 }
        guard process.terminationStatus == 0 else { throw Failed(status: process.terminationStatus) }
    }
}
