internal import AurelisProviders

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// Reads a secret: from a terminal without showing it, or from what is piped in. Its bytes go where they stay.
enum HiddenInput {
    /// No secret is longer.
    static let maximumBytes = 16 * 1024

    /// Asks on a terminal.
    ///
    /// The terminal sends no signals meanwhile: whoever presses Ctrl-C gets the terminal back as it was.
    ///
    /// - Throws: `Interruption` for Ctrl-C; a failure when the terminal is gone.
    static func ask(_ question: String, on terminal: Int32, errors: TextOutput) throws -> Secret? {
        var before = termios()
        guard tcgetattr(terminal, &before) == 0 else {
            throw CommandFailure(.failure, "the terminal cannot be read: \(SystemError.text(errno))")
        }
        var hidden = before
        hidden.c_lflag &= ~tcflag_t(ECHO | ECHONL | ICANON | ISIG | IEXTEN)
        withUnsafeMutableBytes(of: &hidden.c_cc) { characters in
            characters[Int(VMIN)] = 1
            characters[Int(VTIME)] = 0
        }
        tcsetattr(terminal, TCSAFLUSH, &hidden)
        defer {
            tcsetattr(terminal, TCSAFLUSH, &before)
            errors.note("\n")
        }
        // After the echo is off: what is pasted at once is not shown either.
        errors.note(question)
        return try line(from: terminal)
    }

    /// What is piped in, up to the end of its first line.
    static func piped(from descriptor: Int32 = 0) throws -> Secret? {
        var room = SecretBytes(capacity: maximumBytes + 1)
        var count = 0
        while count < room.count {
            let received = try room.withMutableBytes {
                try next(descriptor, UnsafeMutableRawBufferPointer(rebasing: $0[count...]))
            }
            if received == 0 { break }
            count += received
        }
        guard count <= maximumBytes else {
            throw CommandFailure(.usage, "what comes from standard input is longer than a credential can be")
        }
        return room.withBytes { Secret($0[..<count]).firstLine }
    }

    private static func line(from terminal: Int32) throws -> Secret? {
        var room = SecretBytes(capacity: maximumBytes)
        var count = 0
        var byte: UInt8 = 0
        while true {
            let received = try withUnsafeMutableBytes(of: &byte) { try next(terminal, $0) }
            if received == 0 { break }
            switch byte {
            case 0x0A, 0x0D, 0x04: return room.withBytes { Secret($0[..<count]).trimmed }
            case 0x03, 0x1C: throw Interruption(status: .interrupted)
            case 0x08, 0x7F: count = max(0, count - 1)
            case 0x15: count = 0
            case _ where count < room.count:
                let typed = byte
                room.withMutableBytes { $0[count] = typed }
                count += 1
            default: throw CommandFailure(.usage, "that is longer than a secret can be")
            }
        }
        return room.withBytes { Secret($0[..<count]).trimmed }
    }

    private static func next(_ descriptor: Int32, _ room: UnsafeMutableRawBufferPointer) throws(CommandFailure) -> Int {
        while true {
            let count = read(descriptor, room.baseAddress, room.count)
            if count >= 0 { return count }
            // A terminal whose window was closed.
            if errno == EIO { return 0 }
            guard errno == EINTR || errno == EAGAIN else {
                throw CommandFailure(.failure, "the input cannot be read: \(SystemError.text(errno))")
            }
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            _ = poll(&waiting, 1, -1)
        }
    }
}
