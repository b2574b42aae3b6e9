#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// A file that appears whole or not at all: written beside its place, and put there when it is complete.
///
///     let file = try ReplacedFile("out.jsonl")
///     try file.write(bytes)
///     try file.commit()
final class ReplacedFile {
    private static let bufferSize = 1 << 20

    private let path: String
    private let temporary: String
    private let output: TextOutput
    private var buffer: [UInt8] = []
    private var isDone = false

    /// Begins the file, readable by its owner only.
    ///
    /// - Throws: a failure that names the file.
    init(_ path: String) throws(CommandFailure) {
        self.path = path
        temporary = "\(path).\(getpid()).partial"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure(path, errno) }
        output = TextOutput(descriptor: descriptor, color: false)
    }

    /// Whether a file can be put at the path, as far as that can be seen beforehand.
    ///
    /// - Throws: a usage failure that names the path.
    static func check(_ path: String) throws(CommandFailure) {
        let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        guard access(directory, W_OK | X_OK) == 0 else {
            throw CommandFailure(.usage, "cannot write \(path): \(SystemError.text(errno))")
        }
        var status = stat()
        guard stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG else {
            throw CommandFailure(.usage, "cannot write \(path): it is no file", hint: "leave -o out to write to stdout")
        }
    }

    /// Appends bytes.
    func write(_ bytes: [UInt8]) throws(CommandFailure) {
        buffer += bytes
        if buffer.count >= Self.bufferSize { try flush() }
    }

    /// Puts the file in its place; it survives a power cut from here on.
    func commit() throws(CommandFailure) {
        try flush()
        guard fsync(output.descriptor) == 0, rename(temporary, path) == 0 else { throw Self.failure(path, errno) }
        isDone = true
        let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let descriptor = open(directory, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    deinit {
        close(output.descriptor)
        if !isDone { unlink(temporary) }
    }

    private func flush() throws(CommandFailure) {
        do { try output.write(buffer) } catch { throw Self.failure(path, error.number) }
        buffer.removeAll(keepingCapacity: true)
    }

    private static func failure(_ path: String, _ number: Int32) -> CommandFailure {
        CommandFailure(.failure, "cannot write \(path): \(SystemError.text(number))")
    }
}
