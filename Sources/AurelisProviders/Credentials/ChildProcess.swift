#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// Runs a small command and reads what it prints. Blocks; every wait is bounded.
enum ChildProcess {
    enum Outcome {
        case finished(status: Int32, output: [UInt8])
        /// It was still running at the time limit, and was ended.
        case tooSlow
        /// It printed more than a credential can be, and was ended.
        case tooLong
        case failed(String)
    }

    static let maximumOutput = 16 * 1024

    /// The first executable file of this name in the folders of a `PATH`.
    static func find(_ name: String, in path: String?) -> String? {
        // An empty entry would mean the working directory: a program that lies there is not run.
        for folder in (path ?? "").split(separator: ":") where folder.first == "/" {
            let candidate = "\(folder)/\(name)"
            var status = stat()
            guard stat(candidate, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            if access(candidate, X_OK) == 0 { return candidate }
        }
        return nil
    }

    static func run(
        _ path: String,
        arguments: [String],
        environment: [String: String],
        timeLimit: Duration
    ) -> Outcome {
        let end = ContinuousClock.now + timeLimit
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return .failed(String(cString: strerror(errno))) }
        let (reading, writing) = (ends[0], ends[1])
        defer { close(reading) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var child = spawn(path, arguments: arguments, environment: environment, output: writing)
        // Somebody is just writing the program, as an update does: that is over in a moment.
        while case .failure(let error) = child, error.isBusy, ContinuousClock.now < end {
            usleep(2_000)
            child = spawn(path, arguments: arguments, environment: environment, output: writing)
        }
        close(writing)
        switch child {
        case .failure(let error): return .failed(error.reason)
        case .success(let child): return collect(from: reading, of: child, until: end)
        }
    }

    private struct SpawnError: Error {
        let number: Int32

        var isBusy: Bool { number == ETXTBSY }

        var reason: String { String(cString: strerror(number)) }
    }

    private static func spawn(
        _ path: String,
        arguments: [String],
        environment: [String: String],
        output: Int32
    ) -> Result<pid_t, SpawnError> {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
        #else
            var actions = posix_spawn_file_actions_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var child: pid_t = 0
        let status = posix_spawn(&child, path, &actions, nil, &words, &variables)
        return status == 0 ? .success(child) : .failure(SpawnError(number: status))
    }

    private static func collect(
        from descriptor: Int32,
        of child: pid_t,
        until end: ContinuousClock.Instant
    ) -> Outcome {
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1024)
        while true {
            let left = ContinuousClock.now.duration(to: end).components
            let milliseconds = left.seconds * 1_000 + left.attoseconds / 1_000_000_000_000_000
            guard milliseconds > 0 else { return stop(child, .tooSlow) }
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = poll(&waiting, 1, Int32(clamping: milliseconds))
            if ready < 0, errno != EINTR { return stop(child, .failed(String(cString: strerror(errno)))) }
            guard ready > 0 else { continue }
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0 { return stop(child, .failed(String(cString: strerror(errno)))) }
            if count == 0 { return wait(for: child, until: end, output: output) }
            output += buffer[..<count]
            guard output.count <= maximumOutput else { return stop(child, .tooLong) }
        }
    }

    /// Its output is closed, so it is about to end; a child that closed it and stays is ended.
    private static func wait(for child: pid_t, until end: ContinuousClock.Instant, output: [UInt8]) -> Outcome {
        var status: Int32 = 0
        while true {
            switch waitpid(child, &status, WNOHANG) {
            case child: return .finished(status: exitCode(status), output: output)
            case 0 where .now < end: usleep(500)
            case 0: return stop(child, .tooSlow)
            default:
                guard errno == EINTR else { return .failed(String(cString: strerror(errno))) }
            }
        }
    }

    private static func stop(_ child: pid_t, _ outcome: Outcome) -> Outcome {
        kill(child, SIGKILL)
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        return outcome
    }

    /// The exit status, or 128 and the signal, as shells count.
    private static func exitCode(_ status: Int32) -> Int32 {
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }
}
