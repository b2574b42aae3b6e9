#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// What tells one state of a file from another without reading it.
struct FileLook: Sendable, Hashable {
    private let device: UInt64
    private let number: UInt64
    /// When it was last written to, in nanoseconds since 1970-01-01 UTC.
    private let written: Int64
    /// In bytes.
    let size: Int64
    /// Whether it is a file, and no directory or pipe.
    let isRegular: Bool

    /// The file at a path; nil when there is none.
    init?(path: String) {
        var facts = stat()
        guard stat(path, &facts) == 0 else { return nil }
        self.init(facts)
    }

    /// The file behind a descriptor; nil when it is not open.
    init?(descriptor: Int32) {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { return nil }
        self.init(facts)
    }

    private init(_ facts: stat) {
        #if canImport(Darwin)
            let time = facts.st_mtimespec
        #else
            let time = facts.st_mtim
        #endif
        device = UInt64(truncatingIfNeeded: facts.st_dev)
        number = UInt64(truncatingIfNeeded: facts.st_ino)
        written = Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
        size = Int64(facts.st_size)
        isRegular = facts.st_mode & S_IFMT == S_IFREG
    }
}
