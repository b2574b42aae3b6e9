internal import Synchronization

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// How a terminal treats what is typed; whatever ends the process, the terminal is afterwards as it was before.
///
///     let terminal = try TerminalMode(descriptor: 0, output: console.errors)
///     terminal.enter(.editing)
///     defer { terminal.restore() }
final class TerminalMode: Sendable {
    enum Mode: Hashable, Sendable {
        /// As it was found.
        case original
        /// Every key comes as it is, Ctrl-C too; what is pasted is marked as such.
        case editing
        /// Nothing is shown of what is typed, which waits for the next text; Ctrl-C is a signal.
        case quiet
    }

    private let descriptor: Int32
    private let output: TextOutput
    private let mode = Mutex(Mode.original)

    /// - Throws: a failure when there is no terminal.
    init(descriptor: Int32, output: TextOutput) throws(CommandFailure) {
        self.descriptor = descriptor
        self.output = output
        guard TerminalRescue.remember(descriptor, output: output.descriptor) else {
            throw CommandFailure(.failure, "the terminal cannot be used: \(SystemError.text(errno))")
        }
    }

    deinit { restore() }

    /// Changes the mode.
    func enter(_ new: Mode) {
        mode.withLock { mode in
            guard new != mode else { return }
            if mode == .editing { output.note(Self.pasteUnmarked) }
            apply(new)
            if new == .editing { output.note(Self.pasteMarked) }
            mode = new
        }
    }

    /// Makes the mode what it should be, after the process was stopped and a shell has used the terminal.
    func resume() {
        mode.withLock { mode in
            apply(mode)
            if mode == .editing { output.note(Self.pasteMarked) }
        }
    }

    /// As it was found.
    func restore() { enter(.original) }

    /// Stops the process, as Ctrl-Z does, and goes on when somebody lets it.
    func suspend() {
        let before = mode.withLock { $0 }
        restore()
        // Threads that run tasks block signals. This one takes its own, so that it has stopped before it goes on.
        var stop = sigset_t()
        var blocked = sigset_t()
        sigemptyset(&stop)
        sigaddset(&stop, SIGTSTP)
        pthread_sigmask(SIG_UNBLOCK, &stop, &blocked)
        // The others of a pipeline stop too, or the shell would go on waiting for them.
        signal(SIGTSTP, SIG_IGN)
        kill(0, SIGTSTP)
        signal(SIGTSTP, SIG_DFL)
        raise(SIGTSTP)
        pthread_sigmask(SIG_SETMASK, &blocked, nil)
        enter(before)
    }

    /// How large the terminal is; 80 times 24 where nobody knows.
    var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(output.descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return (80, 24)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    private static let pasteMarked = "\u{1B}[?2004h"
    private static let pasteUnmarked = "\u{1B}[?2004l"

    private func apply(_ mode: Mode) {
        guard var state = TerminalRescue.original else { return }
        switch mode {
        case .original: break
        case .editing:
            state.c_lflag &= ~tcflag_t(ECHO | ECHONL | ICANON | ISIG | IEXTEN)
            state.c_iflag &= ~tcflag_t(ICRNL | INLCR | IGNCR | IXON | ISTRIP)
        case .quiet:
            state.c_lflag &= ~tcflag_t(ECHO | ECHONL | ICANON)
            state.c_iflag &= ~tcflag_t(ICRNL | INLCR | IGNCR)
        }
        if mode != .original {
            withUnsafeMutableBytes(of: &state.c_cc) { characters in
                characters[Int(VMIN)] = 1
                characters[Int(VTIME)] = 0
            }
        }
        // What was typed before stays, so that nobody has to wait for a prompt.
        while tcsetattr(descriptor, TCSADRAIN, &state) != 0, errno == EINTR {}
    }
}
