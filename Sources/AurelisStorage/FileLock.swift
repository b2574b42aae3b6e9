#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// One process at a time, for as long as a closure runs; the system takes the lock from a process that dies.
enum FileLock {
    /// Waits for the lock, runs the closure, gives the lock back.
    static func holding<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileLockError(path: path, number: errno) }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw FileLockError(path: path, number: errno) }
        }
        return try body()
    }
}

/// Why a lock cannot be had.
struct FileLockError: Error, CustomStringConvertible {
    let path: String
    let number: Int32

    var description: String { "\(path) cannot be locked: \(String(cString: strerror(number)))" }
}
