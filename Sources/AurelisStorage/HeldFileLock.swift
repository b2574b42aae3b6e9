#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// A lock that a process has for as long as this object, or the process, lives: for work that no other may do meanwhile.
///
///     guard let lock = try await HeldFileLock.acquire(path) else { … somebody else has it … }
///     withExtendedLifetime(lock) { … }
///
/// The file is there only while the lock is held. It holds the number of the process.
final class HeldFileLock: Sendable {
    private let path: String
    private let descriptor: Int32

    private init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    private enum Attempt {
        case taken(HeldFileLock)
        case held
        /// Nobody has it; somebody looks whether that is so, or is on their way to it as well.
        case shared
        /// The file is another one by now, or a signal came.
        case again
    }

    /// Takes the lock; nil when somebody else has it.
    ///
    /// - Parameter pause: waits a moment for those who only look.
    static func acquire(
        _ path: String,
        pause: () async -> Void = { try? await Task.sleep(for: .milliseconds(2)) }
    ) async throws -> HeldFileLock? {
        for _ in 0..<100 {
            switch try attempt(path) {
            case .taken(let lock): return lock
            case .held: return nil
            case .shared: await pause()
            case .again: break
            }
        }
        return nil
    }

    private static func attempt(_ path: String) throws -> Attempt {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileLockError(path: path, number: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            defer { close(descriptor) }
            if reason == EINTR { return .again }
            guard reason == EWOULDBLOCK else { throw FileLockError(path: path, number: reason) }
            return flock(descriptor, LOCK_SH | LOCK_NB) == 0 ? .shared : .held
        }
        // Whoever had the lock before may have removed the file that was opened here.
        guard FileIdentity(descriptor: descriptor) == FileIdentity(path: path) else {
            close(descriptor)
            return .again
        }
        let text = Array("\(getpid())\n".utf8)
        ftruncate(descriptor, 0)
        _ = write(descriptor, text, text.count)
        return .taken(HeldFileLock(path: path, descriptor: descriptor))
    }

    /// Whether somebody has a lock. It is shared for a moment to see that, which whoever takes it meanwhile waits out.
    static func isHeld(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    /// The process that has a lock, as far as its file tells.
    static func holder(of path: String) -> Int32? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var digits = [UInt8](repeating: 0, count: 16)
        let count = read(descriptor, &digits, digits.count)
        guard count > 0 else { return nil }
        return Int32(String(decoding: digits.prefix(count).prefix { $0 > 0x20 }, as: UTF8.self))
    }

    deinit {
        // While the lock is still held: nobody else's file is removed.
        unlink(path)
        close(descriptor)
    }
}
