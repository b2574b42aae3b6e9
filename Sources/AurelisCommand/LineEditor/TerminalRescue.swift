#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// Gives the terminal back as it was when the process ends without anybody having the time to: `exit`, a signal, a trap.
///
/// There is one terminal for a process, and handlers of signals know nothing but global memory: it lies in a block that
/// is made before the first handler is, and is never freed.
enum TerminalRescue {
    private struct Memory {
        var state: termios
        var descriptor: Int32
        var output: Int32
    }

    nonisolated(unsafe) private static var memory: UnsafeMutablePointer<Memory>?

    /// What ends a process without a word; SIGINT and SIGTERM end it in an orderly way.
    private static let deadly = [
        SIGABRT, SIGBUS, SIGFPE, SIGHUP, SIGILL, SIGQUIT, SIGSEGV, SIGTRAP,
    ]

    /// The state in which the terminal was found; nil: nobody has looked.
    static var original: termios? { memory?.pointee.state }

    /// Remembers the terminal and sees to it that it is given back.
    ///
    /// - Parameter output: where it is told to mark no more what is pasted, and to show its cursor.
    /// - Returns: false when it is no terminal.
    static func remember(_ descriptor: Int32, output: Int32) -> Bool {
        var state = termios()
        guard tcgetattr(descriptor, &state) == 0 else { return false }
        let isFirst = memory == nil
        let block = memory ?? .allocate(capacity: 1)
        block.initialize(to: Memory(state: state, descriptor: descriptor, output: output))
        memory = block
        guard isFirst else { return true }
        atexit { TerminalRescue.giveBack() }
        for number in deadly {
            var action = sigaction()
            #if canImport(Darwin)
                action.__sigaction_u.__sa_handler = { TerminalRescue.die(of: $0) }
            #else
                action.__sigaction_handler.sa_handler = { TerminalRescue.die(of: $0) }
            #endif
            action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND)) | Int32(SA_NODEFER)
            sigaction(number, &action, nil)
        }
        return true
    }

    /// Only what a handler of signals may do.
    private static func giveBack() {
        guard let memory else { return }
        tcsetattr(memory.pointee.descriptor, TCSANOW, &memory.pointee.state)
        // "\e[?2004l\e[?25h", without a String that would have to be made.
        var sequence: (UInt64, UInt64) = (0x6C34_3030_323F_5B1B, 0x0000_6835_323F_5B1B)
        withUnsafeBytes(of: &sequence) { _ = write(memory.pointee.output, $0.baseAddress, 14) }
    }

    private static func die(of number: Int32) {
        giveBack()
        raise(number)
    }
}
