internal import Aurelis

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// One process at a time, for as long as this object lives; who cannot have the lock in time does without.
///
/// A process that was stopped while it had the lock must not stop all others. The system takes it from one that dies.
final class WaitedFileLock: Sendable {
    private let descriptor: Int32

    /// Waits for the lock.
    init(_ path: String, patience: Duration = .seconds(5)) throws(AuditFileError) {
        let end = ContinuousClock.now + patience
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw AuditFileError(path, "cannot be opened: \(String(cString: strerror(errno)))")
        }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let reason = errno
            if reason == EINTR { continue }
            guard reason == EWOULDBLOCK, ContinuousClock.now < end else {
                close(descriptor)
                let words = reason == EWOULDBLOCK ? "another process has had it for \(patience)" : nil
                throw AuditFileError(path, "cannot be locked: \(words ?? String(cString: strerror(reason)))")
            }
            usleep(1_000)
        }
    }

    deinit { close(descriptor) }
}
