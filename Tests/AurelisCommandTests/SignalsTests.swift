import Testing

@testable import AurelisCommand

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

@Suite("Signals", .serialized)
struct SignalsTests {
    @Test(
        "a signal cancels the work and becomes the command's status",
        arguments: [(SIGINT, CommandStatus.interrupted), (SIGTERM, .terminated)]
    )
    func interruption(signal: Int32, status: CommandStatus) async {
        let interruption = await #expect(throws: Interruption.self) {
            try await Signals.interruptible {
                kill(getpid(), signal)
                // Ends only by being cancelled; a minute would fail the test by its own limit.
                try await Task.sleep(for: .seconds(60))
            }
        }
        #expect(interruption?.status == status)
    }

    @Test("work that ends by itself gives its value, or its error")
    func undisturbed() async throws {
        #expect(try await Signals.interruptible { 42 } == 42)
        await #expect(throws: CommandFailure.self) {
            try await Signals.interruptible { throw CommandFailure(.failure, "no") }
        }
    }
}
