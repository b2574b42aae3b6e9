internal import Aurelis

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// A program that gets something to read on its standard input, in a group of its own. Blocks; the wait is bounded, and one
/// that takes too long is ended with all that it has started.
///
///     PipedCommand(["/usr/local/bin/notify", "ops"], environment: ["PATH": "/usr/bin:/bin"])
///         .run(input: body, within: .seconds(10))          // nil: it ended well
package struct PipedCommand: Sendable {
    private let words: [String]
    private let environment: [String: String]?

    /// Every system's pipe holds so much before anybody reads.
    private static let maximumInput = 16 * 1_024

    /// A program and its arguments.
    ///
    /// - Parameter environment: its variables; nil: those of this process.
    package init(_ words: [String], environment: [String: String]? = nil) {
        self.words = words
        self.environment = environment
    }

    /// A command of the shell, with the variables of this process.
    package init(shell command: String) { self.init(["/bin/sh", "-c", command]) }

    /// Runs it to its end.
    ///
    /// - Parameters:
    ///   - input: what it gets to read, at most 16 KiB, so that nobody waits for the reader.
    ///   - isCancelled: asked again and again; when it says so the program is ended.
    /// - Returns: what went wrong; nil when it ended well.
    package func run(
        input: [UInt8],
        within limit: Duration,
        isCancelled: () -> Bool = { false }
    ) -> String? {
        guard input.count <= Self.maximumInput else { return "there is too much to tell" }
        guard let ends = PipeEnds() else { return Self.text(errno) }
        // Before anybody could have closed the other end, and all of it fits.
        let written = write(ends.writing, input, input.count)
        close(ends.writing)
        defer { close(ends.reading) }
        guard written == input.count else { return "it could not be given its input" }
        var child: pid_t = 0
        let status = spawn(ends.reading, &child)
        guard status == 0 else { return "\(words[0]) cannot be run: \(Self.text(status))" }
        return wait(for: child, limit, isCancelled)
    }

    private func spawn(_ input: Int32, _ child: inout pid_t) -> Int32 {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        // A group of its own, so that what it starts ends with it; and the signals as a program expects them.
        posix_spawnattr_setpgroup(&attributes, 0)
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in [SIGPIPE, SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        var flags = Int16(POSIX_SPAWN_SETPGROUP) | Int16(POSIX_SPAWN_SETSIGDEF)
        #if canImport(Darwin)
            flags |= Int16(POSIX_SPAWN_CLOEXEC_DEFAULT)
        #endif
        posix_spawnattr_setflags(&attributes, flags)
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] =
            (environment ?? [:]).sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        guard environment != nil else {
            return posix_spawn(&child, words[0], &actions, &attributes, &arguments, environ)
        }
        return posix_spawn(&child, words[0], &actions, &attributes, &arguments, &variables)
    }

    private func wait(for child: pid_t, _ limit: Duration, _ isCancelled: () -> Bool) -> String? {
        let end = ContinuousClock.now + limit
        var status: Int32 = 0
        while true {
            switch waitpid(child, &status, WNOHANG) {
            case child:
                let signal = status & 0x7F
                guard signal == 0 else { return "it was ended by signal \(signal)" }
                let code = (status >> 8) & 0xFF
                return code == 0 ? nil : "it ended with status \(code)"
            case 0 where .now < end && !isCancelled():
                usleep(5_000)
            case 0:
                kill(-child, SIGKILL)
                while waitpid(child, &status, 0) < 0, errno == EINTR {}
                return isCancelled()
                    ? "it was ended with the gateway" : "it had not ended after \(limit.briefly), and was ended"
            default:
                guard errno == EINTR else { return Self.text(errno) }
            }
        }
    }

    private static func text(_ number: Int32) -> String { String(cString: strerror(number)) }
}
