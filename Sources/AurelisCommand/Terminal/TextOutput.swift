#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// Standard output or standard error: where text goes, and what may be done with it there.
struct TextOutput: Sendable {
    /// The file descriptor.
    let descriptor: Int32
    /// Whether a person is looking.
    let isTerminal: Bool
    /// Whether another program reads it.
    let isPipe: Bool
    /// How words stand out there.
    let style: Style
    /// How many columns there are; 100 where nobody knows.
    let columns: Int

    /// An output over a file descriptor.
    ///
    /// - Parameters:
    ///   - color: whether colours are wanted where a terminal can show them.
    ///   - isTerminal: whether a person is looking; nil: as the system says.
    init(descriptor: Int32, color: Bool, isTerminal: Bool? = nil) {
        self.descriptor = descriptor
        let isTerminal = isTerminal ?? (isatty(descriptor) == 1)
        self.isTerminal = isTerminal
        self.isPipe = !isTerminal && TextOutput.isPipe(descriptor)
        self.style = Style(isEnabled: color && isTerminal)
        self.columns = isTerminal ? TextOutput.terminalColumns(descriptor) : 100
    }

    /// Writes all of the text.
    ///
    /// - Throws: why not all of it could be written.
    func write(_ text: String) throws(WriteFailure) {
        var text = text
        if let failure = text.withUTF8({ failure(writing: UnsafeRawBufferPointer($0)) }) { throw failure }
    }

    /// Writes all of the bytes.
    ///
    /// - Throws: why not all of them could be written.
    func write(_ bytes: [UInt8]) throws(WriteFailure) {
        if let failure = bytes.withUnsafeBytes({ failure(writing: $0) }) { throw failure }
    }

    private func failure(writing bytes: UnsafeRawBufferPointer) -> WriteFailure? {
        var rest = bytes
        while !rest.isEmpty {
            #if canImport(Darwin)
                let count = Darwin.write(descriptor, rest.baseAddress, rest.count)
            #elseif canImport(Musl)
                let count = Musl.write(descriptor, rest.baseAddress, rest.count)
            #else
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            #endif
            if count > 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            } else if errno == EAGAIN {
                // A parent may have made the descriptor non-blocking; wait as if it were not.
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&waiting, 1, -1)
            } else if errno != EINTR {
                return WriteFailure(number: errno)
            }
        }
        return nil
    }

    /// Writes JSON: byte for byte, but on a terminal with escapes for what would steer it.
    func write(json text: String) throws(WriteFailure) {
        try write(isTerminal ? TerminalSanitizer.json(text) : text)
    }

    /// Writes a remark whose loss does not matter.
    func note(_ text: String) { try? write(text) }

    private static func isPipe(_ descriptor: Int32) -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
    }

    private static func terminalColumns(_ descriptor: Int32) -> Int {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 100 }
        // Below twenty columns nothing can be read anyway.
        return min(max(Int(size.ws_col), 20), 200)
    }
}

/// Why an output took no more.
struct WriteFailure: Error, Hashable {
    /// The system's error number.
    let number: Int32

    /// Whether nobody reads any more (`aurelis ask … | head`): the end, not a failure.
    var isBrokenPipe: Bool { number == EPIPE }
}
