internal import Synchronization

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// A content that is being read, piece by piece; that waits for the disk.
final class FileReader: Sendable {
    private let path: String
    private let descriptor: Int32
    private let pieceSize: Int
    private let offset = Mutex<Int64>(0)

    /// Opens a content.
    ///
    /// - Parameter pieceSize: how much is read at once.
    init(_ path: String, pieceSize: Int = 256 << 10) throws(FileFault) {
        self.path = path
        self.pieceSize = pieceSize
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw FileFault("cannot read", path, errno) }
    }

    /// How large the content is.
    var count: Int64 {
        var facts = stat()
        return fstat(descriptor, &facts) == 0 ? Int64(facts.st_size) : -1
    }

    /// The next piece; empty at the end.
    func next() throws(FileFault) -> [UInt8] {
        var number: Int32 = 0
        let piece = offset.withLock { offset in
            [UInt8](unsafeUninitializedCapacity: pieceSize) { buffer, count in
                var result = pread(descriptor, buffer.baseAddress, pieceSize, off_t(offset))
                while result < 0, errno == EINTR {
                    result = pread(descriptor, buffer.baseAddress, pieceSize, off_t(offset))
                }
                number = result < 0 ? errno : 0
                count = max(0, result)
                offset += Int64(count)
            }
        }
        guard number == 0 else { throw FileFault("cannot read", path, number) }
        return piece
    }

    deinit { close(descriptor) }
}
