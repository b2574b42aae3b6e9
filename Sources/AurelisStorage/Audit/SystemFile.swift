#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// An open file, closed with the last reference; every call is one of the system's.
final class SystemFile: Sendable {
    let path: String
    private let descriptor: Int32

    /// How bytes are written; a test may put a full disk in its place.
    typealias Write = @Sendable (_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int

    static let write: Write = { descriptor, bytes in
        #if canImport(Darwin)
            Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
            Musl.write(descriptor, bytes.baseAddress, bytes.count)
        #else
            Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }

    enum Mode {
        case reading
        /// At its end, for its user only; made when it is not there.
        case appending
        /// The same, but it must not be there yet.
        case new

        fileprivate var flags: Int32 {
            switch self {
            case .reading: O_RDONLY
            case .appending: O_RDWR | O_APPEND | O_CREAT
            case .new: O_RDWR | O_APPEND | O_CREAT | O_EXCL
            }
        }
    }

    init(_ path: String, _ mode: Mode) throws(AuditFileError) {
        self.path = path
        descriptor = open(path, mode.flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failed("cannot be opened") }
        // A file that was copied here may be open to others.
        if mode != .reading { _ = fchmod(descriptor, 0o600) }
    }

    deinit { close(descriptor) }

    var identity: FileIdentity? { FileIdentity(descriptor: descriptor) }

    func size() throws(AuditFileError) -> Int {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw failed("cannot be looked at") }
        return Int(facts.st_size)
    }

    /// Bytes from a place on; fewer at the end.
    func read(_ count: Int, at offset: Int) throws(AuditFileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let read = bytes.withUnsafeMutableBytes { buffer in
                pread(descriptor, buffer.baseAddress.map { $0 + filled }, count - filled, off_t(offset + filled))
            }
            if read == 0 { break }
            if read > 0 { filled += read } else if errno != EINTR { throw failed("cannot be read") }
        }
        bytes.removeLast(count - filled)
        return bytes
    }

    /// Writes at the end.
    ///
    /// - Returns: how much of it stands there, and why not all.
    func append(_ bytes: [UInt8], _ write: Write = SystemFile.write) -> (written: Int, error: AuditFileError?) {
        bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count {
                let count = write(descriptor, UnsafeRawBufferPointer(rebasing: buffer[written...]))
                if count > 0 {
                    written += count
                } else if count == 0 || errno != EINTR {
                    return (written, failed("cannot be written"))
                }
            }
            return (written, nil)
        }
    }

    func truncate(to size: Int) throws(AuditFileError) {
        while ftruncate(descriptor, off_t(size)) != 0 {
            guard errno == EINTR else { throw failed("cannot be cut") }
        }
    }

    /// Returns when what was written is safe from a power cut.
    func sync() throws(AuditFileError) {
        #if canImport(Darwin)
            guard fcntl(descriptor, F_FULLFSYNC) == 0 || fsync(descriptor) == 0 else {
                throw failed("cannot be synced")
            }
        #else
            guard fdatasync(descriptor) == 0 else { throw failed("cannot be synced") }
        #endif
    }

    /// Makes it safe from a power cut that a file is in its directory.
    static func sync(directory path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        close(descriptor)
    }

    private func failed(_ what: String) -> AuditFileError {
        let number = errno
        let isFull = number == ENOSPC || number == EDQUOT
        return AuditFileError(path, "\(what): \(String(cString: strerror(number)))", isFull: isFull)
    }
}
