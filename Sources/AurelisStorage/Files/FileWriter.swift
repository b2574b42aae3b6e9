internal import Synchronization

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// A content that is being written. It is gone with this object, unless it was kept.
///
/// Everything here waits for the disk.
final class FileWriter: Sendable {
    private struct State {
        var count: Int64 = 0
        var isKept = false
    }

    let id: String
    private let path: String
    private let descriptor: Int32
    private let state = Mutex(State())

    init(id: String, path: String, descriptor: Int32) {
        self.id = id
        self.path = path
        self.descriptor = descriptor
    }

    /// How many bytes were written.
    var count: Int64 { state.withLock { $0.count } }

    func append(_ bytes: [UInt8]) throws(FileFault) {
        let number = bytes.withUnsafeBytes { bytes -> Int32 in
            var rest = bytes[...]
            while !rest.isEmpty {
                let written = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if written > 0 {
                    rest = rest.dropFirst(written)
                } else if written == 0 || errno != EINTR {
                    return written == 0 ? ENOSPC : errno
                }
            }
            return 0
        }
        guard number == 0 else { throw FileFault("cannot write", path, number) }
        state.withLock { $0.count += Int64(bytes.count) }
    }

    /// Brings what was written to the disk, the name of the file included.
    func synchronize() throws(FileFault) {
        guard fsync(descriptor) == 0 else { throw FileFault("cannot write", path, errno) }
        let folder = open(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]), O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    /// Whether it is where it is to be: all contents may have been moved aside meanwhile.
    func check() throws(FileFault) {
        guard FileIdentity(descriptor: descriptor) == FileIdentity(path: path) else {
            throw FileFault("cannot keep", path, ENOENT)
        }
    }

    /// Somebody knows the file from now on.
    func keep() { state.withLock { $0.isKept = true } }

    deinit {
        // While the lock is still held.
        if !state.withLock({ $0.isKept }) { unlink(path) }
        close(descriptor)
    }
}
