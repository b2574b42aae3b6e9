internal import Aurelis

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// Runs a command of the shell that gets something to read. Blocks; the wait is bounded.
enum PipedCommand {
    /// Runs a command to its end.
    ///
    /// - Parameter input: what it gets to read; no longer than a pipe holds (4 KiB), so that nobody waits for the reader.
    /// - Returns: what went wrong; nil when it ended well.
    static func run(_ command: String, input: [UInt8], timeLimit: Duration) -> String? {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return words(errno) }
        let (reading, writing) = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // Before anybody could have closed the other end.
        let written = write(writing, input, min(input.count, 4_096))
        close(writing)
        defer { close(reading) }
        guard written == input.count else { return "it could not be given to it" }
        var child: pid_t = 0
        let status = spawn(command, input: reading, &child)
        guard status == 0 else { return words(status) }
        return wait(for: child, until: .now + timeLimit, timeLimit)
    }

    private static func spawn(_ command: String, input: Int32, _ child: inout pid_t) -> Int32 {
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
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP) | Int16(POSIX_SPAWN_SETSIGDEF))
        var words: [UnsafeMutablePointer<CChar>?] =
            ["/bin/sh", "-c", command].map { (text: String) in strdup(text) } + [nil]
        defer { for text in words { free(text) } }
        return posix_spawn(&child, "/bin/sh", &actions, &attributes, &words, environ)
    }

    private static func wait(for child: pid_t, until end: ContinuousClock.Instant, _ limit: Duration) -> String? {
        var status: Int32 = 0
        while true {
            switch waitpid(child, &status, WNOHANG) {
            case child:
                let signal = status & 0x7F
                guard signal == 0 else { return "it was ended by signal \(signal)" }
                let code = (status >> 8) & 0xFF
                return code == 0 ? nil : "it ended with status \(code)"
            case 0 where .now < end: usleep(5_000)
            case 0:
                kill(-child, SIGKILL)
                while waitpid(child, &status, 0) < 0, errno == EINTR {}
                return "it had not ended after \(limit)"
            default: guard errno == EINTR else { return words(errno) }
            }
        }
    }

    private static func words(_ number: Int32) -> String { String(cString: strerror(number)) }
}
