#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// Writes a new file.
enum OutputFile {
    /// Writes the text, readable by its owner only: people put credentials into such files.
    ///
    /// - Throws: a failure that names the file, also when there is one already and it is not to be replaced.
    static func write(_ text: String, to path: String, replacing: Bool) throws(CommandFailure) {
        let mode = replacing ? O_TRUNC : O_EXCL
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | mode, 0o600)
        guard descriptor >= 0 else {
            let reason = errno
            if reason == EEXIST {
                throw CommandFailure(.failure, "\(path) is already there", hint: "--force replaces it")
            }
            throw CommandFailure(.failure, "cannot write \(path): \(SystemError.text(reason))")
        }
        defer { close(descriptor) }
        do {
            try TextOutput(descriptor: descriptor, color: false).write(text)
        } catch {
            throw CommandFailure(.failure, "cannot write \(path): \(SystemError.text(error.number))")
        }
    }
}
