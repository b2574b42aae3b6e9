internal import Aurelis

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// The lines of a file or of standard input, read as they are asked for: one of them is held at a time.
///
///     let lines = try InputLines("batch.jsonl")
///     while let line = try lines.next() { … }
final class InputLines {
    private let descriptor: Int32
    private let name: String
    private let isOwned: Bool
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)
    private var splitter = LineSplitter(limit: InputFile.maximumBytes)
    private var isAtEnd = false

    /// Opens a file; `-` is standard input.
    ///
    /// - Throws: a usage failure that names the file.
    init(_ path: String) throws(CommandFailure) {
        isOwned = path != "-"
        name = isOwned ? path : "standard input"
        descriptor = isOwned ? open(path, O_RDONLY | O_CLOEXEC) : 0
        guard descriptor >= 0 else {
            throw CommandFailure(.usage, "cannot read \(path): \(SystemError.text(errno))")
        }
    }

    deinit { if isOwned { close(descriptor) } }

    /// The next line that is not empty; nil after the last one.
    func next() throws(CommandFailure) -> LineSplitter.Line? {
        while true {
            if let line = splitter.next() { return line }
            guard !isAtEnd else { return nil }
            let count = try InputFile.read(descriptor, into: &buffer, name: name)
            isAtEnd = count == 0
            if isAtEnd { splitter.finish() } else { splitter.append(Array(buffer.prefix(count))) }
        }
    }
}
