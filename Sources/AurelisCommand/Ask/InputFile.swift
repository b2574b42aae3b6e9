#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// Reads text from files and from standard input, within bounds.
enum InputFile {
    /// No prompt is longer; the gateway takes no larger body either.
    static let maximumBytes = 20 << 20

    /// The whole of a file; `-` is standard input.
    ///
    /// - Throws: a usage failure that names the file.
    static func text(_ path: String) throws(CommandFailure) -> String {
        if path == "-" { return try text(of: 0, name: "standard input") }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CommandFailure(.usage, "cannot read \(path): \(SystemError.text(errno))")
        }
        defer { close(descriptor) }
        return try text(of: descriptor, name: path)
    }

    /// Whether somebody pipes something in: a pipe, a socket or a file, not a terminal and not `/dev/null`.
    static var isPiped: Bool {
        var status = stat()
        guard fstat(0, &status) == 0 else { return false }
        let kind = status.st_mode & S_IFMT
        return kind == S_IFIFO || kind == S_IFREG || kind == S_IFSOCK
    }

    /// Whether there is a file at the path that can be read again from its beginning; true where there is nothing, which
    /// reading it will say.
    static func isRegular(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG
    }

    /// Whether something can be read from standard input within this time; true at its end too.
    static func isReady(within milliseconds: Int32) -> Bool {
        var waiting = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, milliseconds) != 0
    }

    static func text(of descriptor: Int32, name: String) throws(CommandFailure) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = try read(descriptor, into: &buffer, name: name)
            if count == 0 { break }
            bytes += buffer.prefix(count)
            guard bytes.count <= maximumBytes else {
                throw CommandFailure(.usage, "\(name) is longer than \(maximumBytes >> 20) MB")
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure(.usage, "\(name) is not UTF-8 text")
        }
        return text
    }

    /// Reads the next bytes; waits for them where the descriptor does not.
    ///
    /// - Returns: how many; 0 at the end.
    static func read(
        _ descriptor: Int32,
        into buffer: inout [UInt8],
        name: String
    ) throws(CommandFailure) -> Int {
        while true {
            #if canImport(Darwin)
                let count = Darwin.read(descriptor, &buffer, buffer.count)
            #elseif canImport(Musl)
                let count = Musl.read(descriptor, &buffer, buffer.count)
            #else
                let count = Glibc.read(descriptor, &buffer, buffer.count)
            #endif
            if count >= 0 { return count }
            guard errno == EINTR || errno == EAGAIN else {
                throw CommandFailure(.usage, "cannot read \(name): \(SystemError.text(errno))")
            }
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            _ = poll(&waiting, 1, -1)
        }
    }
}
