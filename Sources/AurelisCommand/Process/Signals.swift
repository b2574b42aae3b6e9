internal import UnixSignals

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// A signal ended the command.
struct Interruption: Error, Hashable {
    /// 130 for SIGINT, 143 for SIGTERM.
    let status: CommandStatus
}

/// What the process does about signals.
enum Signals {
    /// Makes a write to a closed pipe an error instead of a death, so that the upstream call can be ended first.
    static func ignoreBrokenPipes() {
        signal(SIGPIPE, SIG_IGN)
        // The same for a file that reaches the process's limit (`ulimit -f`): it is full, and that is all.
        signal(SIGXFSZ, SIG_IGN)
    }

    /// Leaves crashes to the system, which ends the process at once and writes a core dump where that is wanted.
    ///
    /// Swift's runtime would stop every thread for as long as a backtrace takes, print the memory around the registers
    /// to standard error, be it a secret's, and let a process go on that was sent SIGABRT. Who wants that says so:
    /// `SWIFT_BACKTRACE=enable=yes`.
    static func leaveCrashesToTheSystem(_ environment: [String: String]) {
        guard environment["SWIFT_BACKTRACE"] == nil else { return }
        for crash in [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV] { signal(crash, SIG_DFL) }
    }

    /// Ends the process.
    static func exit(_ status: CommandStatus) -> Never {
        #if canImport(Darwin)
            Darwin.exit(status.rawValue)
        #elseif canImport(Musl)
            Musl.exit(status.rawValue)
        #else
            Glibc.exit(status.rawValue)
        #endif
    }

    /// Runs work that SIGINT and SIGTERM cancel; a second signal ends the process at once.
    ///
    /// - Throws: what the work throws, or `Interruption` when a signal came first, once the work has ended.
    static func interruptible<Value: Sendable>(
        _ work: @Sendable @escaping () async throws -> Value
    ) async throws -> Value {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let (interruptions, first) = AsyncStream.makeStream(of: CommandStatus.self)
        return try await withThrowingTaskGroup(of: Void.self) { watch in
            defer { watch.cancelAll() }
            watch.addTask {
                var isFirst = true
                for await signal in signals {
                    let status: CommandStatus = signal == .sigterm ? .terminated : .interrupted
                    guard isFirst else { exit(status) }
                    isFirst = false
                    first.yield(status)
                }
            }
            return try await race(work, against: interruptions)
        }
    }

    /// Runs a server that ends itself at SIGINT and SIGTERM, and tells when that begins; a second signal ends the
    /// process at once.
    static func announcing(
        _ tell: @escaping @Sendable () -> Void,
        _ serve: @Sendable @escaping () async throws -> Void
    ) async throws {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        try await withThrowingTaskGroup(of: Void.self) { watch in
            defer { watch.cancelAll() }
            watch.addTask {
                var isFirst = true
                for await signal in signals {
                    guard isFirst else { exit(signal == .sigterm ? .terminated : .interrupted) }
                    isFirst = false
                    tell()
                }
            }
            try await serve()
        }
    }

    /// Returns when the task is cancelled.
    static func forever() async {
        let (nothing, keeper) = AsyncStream.makeStream(of: Never.self)
        for await _ in nothing {}
        keeper.finish()
    }

    private static func race<Value: Sendable>(
        _ work: @Sendable @escaping () async throws -> Value,
        against interruptions: AsyncStream<CommandStatus>
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Ending<Value>.self) { group in
            defer { group.cancelAll() }
            group.addTask { .finished(try await work()) }
            group.addTask {
                for await status in interruptions { return .interrupted(status) }
                throw CancellationError()
            }
            switch try await group.next() {
            case .finished(let value): return value
            case .interrupted(let status): throw Interruption(status: status)
            case nil: throw CancellationError()
            }
        }
    }

    private enum Ending<Value: Sendable>: Sendable {
        case finished(Value)
        case interrupted(CommandStatus)
    }
}
