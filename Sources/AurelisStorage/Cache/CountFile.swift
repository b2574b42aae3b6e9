#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// A number that the processes of a data directory count up together: the length of a file.
///
/// Reading it is one call of the system, counting another, without a lock. Memory that is shared through a file would be
/// faster to read by 0.2 us, but whoever shortened that file would kill every process that looks.
struct CountFile: ~Copyable, Sendable {
    /// What the file looks like: a count is a longer file, any other difference is somebody's doing.
    struct Look: Sendable, Equatable {
        var length: UInt64
        /// When it was last written to, in nanoseconds since 1970-01-01 UTC.
        var written: Int64
    }

    /// Which file that is.
    let identity: FileIdentity?
    private let descriptor: Int32

    /// A longer file is begun anew.
    private static let maximumLength: UInt64 = 1 << 20

    /// Opens the file, which is made when there is none.
    init(path: String) throws {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_APPEND, 0o600)
        guard descriptor >= 0 else { throw CountFileError(path: path, number: errno) }
        // A file that was copied here may be open to others.
        _ = fchmod(descriptor, 0o600)
        identity = FileIdentity(descriptor: descriptor)
    }

    deinit { close(descriptor) }

    /// How it looks now; nil when it has been deleted or replaced.
    func look() -> Look? {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_nlink > 0 else { return nil }
        #if canImport(Darwin)
            let time = facts.st_mtimespec
        #else
            let time = facts.st_mtim
        #endif
        return Look(length: UInt64(facts.st_size), written: Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec))
    }

    /// Counts one.
    func increment() {
        if let look = look(), look.length >= Self.maximumLength { _ = ftruncate(descriptor, 0) }
        // With a full disk: that something happened can be said without room.
        if write(descriptor, [0], 1) != 1 { _ = futimens(descriptor, nil) }
    }
}

/// Why processes cannot count together.
struct CountFileError: Error, CustomStringConvertible {
    let path: String
    let number: Int32

    var description: String { "\(path) cannot be opened: \(String(cString: strerror(number)))" }
}
