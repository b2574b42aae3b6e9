internal import Aurelis

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// Runs a small command and reads what it prints, which may be a secret. Blocks; every wait is bounded.
enum ChildProcess {
    enum Outcome {
        /// What it printed, and the first line of what it said on standard error.
        case finished(status: Int32, output: Secret, complaint: String)
        /// It was still running at the time limit, and was ended.
        case tooSlow
        /// It printed more than a credential can be, and was ended.
        case tooLong
        case failed(String)
    }

    static let maximumOutput = 16 * 1024
    private static let maximumComplaint = 2 * 1024

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

    /// - Parameter input: what it reads on standard input; nil: nothing.
    static func run(
        _ path: String,
        arguments: [String],
        environment: [String: String],
        input: Secret? = nil,
        timeLimit: Duration
    ) -> Outcome {
        let end = ContinuousClock.now + timeLimit
        guard let output = Pipe() else { return .failed(String(cString: strerror(errno))) }
        guard let complaints = Pipe() else { return .failed(String(cString: strerror(errno))) }
        var given: Pipe?
        if let input {
            // All of it fits into the pipe before anybody reads, so nothing here waits for the child.
            guard let pipe = Pipe(), pipe.fill(with: input) else { return .failed("the secret is too long") }
            given = pipe
        }
        let ends = ChildEnds(input: given?.reading, output: output.writing, complaints: complaints.writing)
        var child = spawn(path, arguments: arguments, environment: environment, ends)
        // Somebody is just writing the program, as an update does: that is over in a moment.
        while case .failure(let error) = child, error.isBusy, ContinuousClock.now < end {
            usleep(2_000)
            child = spawn(path, arguments: arguments, environment: environment, ends)
        }
        output.closeWriting()
        complaints.closeWriting()
        given = nil
        switch child {
        case .failure(let error): return .failed(error.reason)
        case .success(let child): return collect(output.reading, complaints.reading, of: child, until: end)
        }
    }

    private struct ChildEnds {
        let input: Int32?
        let output: Int32
        let complaints: Int32
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
        _ ends: ChildEnds
    ) -> Result<pid_t, SpawnError> {
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
        #if canImport(Darwin)
            posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_CLOEXEC_DEFAULT))
        #endif
        if let input = ends.input {
            posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        } else {
            posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_adddup2(&actions, ends.output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, ends.complaints, STDERR_FILENO)
        var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var child: pid_t = 0
        let status = posix_spawn(&child, path, &actions, &attributes, &words, &variables)
        return status == 0 ? .success(child) : .failure(SpawnError(number: status))
    }

    private static func collect(
        _ output: Int32,
        _ complaints: Int32,
        of child: pid_t,
        until end: ContinuousClock.Instant
    ) -> Outcome {
        // One more than there may be: to see that there was more.
        var printed = SecretBytes(capacity: maximumOutput + 1)
        var said = [UInt8](repeating: 0, count: maximumComplaint)
        var (printedCount, saidCount) = (0, 0)
        var waiting = [output, complaints].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        // What it says does not have to end: a child of its own may keep that open.
        while waiting[0].fd >= 0 {
            let left = ContinuousClock.now.duration(to: end).components
            let milliseconds = left.seconds * 1_000 + left.attoseconds / 1_000_000_000_000_000
            guard milliseconds > 0 else { return stop(child, .tooSlow) }
            let ready = poll(&waiting, nfds_t(waiting.count), Int32(clamping: milliseconds))
            if ready < 0, errno != EINTR { return stop(child, .failed(String(cString: strerror(errno)))) }
            guard ready > 0 else { continue }
            if waiting[1].revents != 0 {
                // Of one that says very much only the beginning counts, but it must get rid of the rest.
                let start = min(saidCount, maximumComplaint / 2)
                let count = said.withUnsafeMutableBytes { read(complaints, $0, from: start) }
                if count > 0 { saidCount = start + count } else { waiting[1].fd = -1 }
            }
            if waiting[0].revents != 0 {
                let count = printed.withMutableBytes { read(output, $0, from: printedCount) }
                if count < 0 { return stop(child, .failed(String(cString: strerror(errno)))) }
                if count == 0 { waiting[0].fd = -1 }
                printedCount += count
                guard printedCount <= maximumOutput else { return stop(child, .tooLong) }
            }
        }
        var status: Int32 = 0
        if let failure = wait(for: child, &status, until: end) { return failure }
        // It has ended, so what it said is there; nobody else is waited for.
        waiting[1].revents = 0
        if waiting[1].fd >= 0, poll(&waiting[1], 1, 0) > 0 {
            let start = min(saidCount, maximumComplaint / 2)
            saidCount = start + max(0, said.withUnsafeMutableBytes { read(complaints, $0, from: start) })
        }
        return .finished(
            status: exitCode(status),
            output: printed.withBytes { Secret($0[..<printedCount]) },
            complaint: firstLine(said[..<saidCount])
        )
    }

    private static func stop(_ child: pid_t, _ outcome: Outcome) -> Outcome {
        kill(child, SIGKILL)
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        return outcome
    }

    /// Its output is closed, so it is about to end; a child that closed it and stays is ended.
    private static func wait(for child: pid_t, _ status: inout Int32, until end: ContinuousClock.Instant) -> Outcome? {
        while true {
            switch waitpid(child, &status, WNOHANG) {
            case child: return nil
            case 0 where .now < end: usleep(500)
            case 0: return stop(child, .tooSlow)
            default:
                guard errno == EINTR else { return .failed(String(cString: strerror(errno))) }
            }
        }
    }

    /// Reads behind what is there already; 0 at the end, or when there is no room.
    private static func read(_ descriptor: Int32, _ memory: UnsafeMutableRawBufferPointer, from start: Int) -> Int {
        let room = UnsafeMutableRawBufferPointer(rebasing: memory[start...])
        while true {
            #if canImport(Darwin)
                let count = Darwin.read(descriptor, room.baseAddress, room.count)
            #elseif canImport(Musl)
                let count = Musl.read(descriptor, room.baseAddress, room.count)
            #else
                let count = Glibc.read(descriptor, room.baseAddress, room.count)
            #endif
            if count >= 0 || errno != EINTR { return count }
        }
    }

    /// The first line, fit for a report: a command that fails likes to repeat what it was to look up or to keep.
    private static func firstLine(_ bytes: ArraySlice<UInt8>) -> String {
        let line = bytes.drop { $0 <= 0x20 }.prefix { $0 != 0x0A }
        let text = String(decoding: line.map { (0x20...0x7E) ~= $0 ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
        // Before it is cut: half a credential has no shape any more.
        return String(Redaction.standard.text(text).prefix(200))
    }

    /// The exit status, or 128 and the signal, as shells count.
    private static func exitCode(_ status: Int32) -> Int32 {
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }
}

/// A pipe, closed when it is let go of.
private final class Pipe {
    let reading: Int32
    private(set) var writing: Int32

    init?() {
        guard let ends = PipeEnds() else { return nil }
        (reading, writing) = (ends.reading, ends.writing)
    }

    deinit {
        close(reading)
        closeWriting()
    }

    func closeWriting() {
        if writing >= 0 { close(writing) }
        writing = -1
    }

    /// Writes all of a secret and the end; false when it does not fit.
    func fill(with secret: Secret) -> Bool {
        _ = fcntl(writing, F_SETFL, O_NONBLOCK)
        let count = secret.withBytes { write(writing, $0.baseAddress, $0.count) }
        closeWriting()
        return count == secret.count
    }
}
