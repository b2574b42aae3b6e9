internal import Atomics

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// Two counters in a small file that every process of a data directory has in its memory: how often answers were added
/// to the database, and how often answers were invalidated.
///
/// Reading and counting are single instructions: no call of the system, no lock.
final class GenerationFile: Sendable {
    private static let size = 2 * MemoryLayout<UInt64>.size

    /// Which file that is.
    let identity: FileIdentity?
    private let address: UInt
    private let additionCount: UnsafeAtomic<UInt64>
    private let invalidationCount: UnsafeAtomic<UInt64>

    /// Opens the file, which is made when there is none.
    init(path: String) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_APPEND, 0o600)
        guard descriptor >= 0 else { throw GenerationFileError(path: path, number: errno) }
        defer { close(descriptor) }
        // A file that was copied here may be open to others.
        _ = fchmod(descriptor, 0o600)
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw GenerationFileError(path: path, number: errno) }
        if Int(facts.st_size) < Self.size {
            // Written, not only made longer: a full disk must be noticed here, not when a counter is touched. Appended:
            // whoever does the same at the same time cannot reset a counter.
            let zeros = [UInt8](repeating: 0, count: Self.size)
            guard write(descriptor, zeros, zeros.count) == zeros.count else {
                throw GenerationFileError(path: path, number: errno == 0 ? ENOSPC : errno)
            }
        }
        let memory = mmap(nil, Self.size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
        guard let memory, memory != MAP_FAILED else { throw GenerationFileError(path: path, number: errno) }
        let counters = memory.bindMemory(to: UnsafeAtomic<UInt64>.Storage.self, capacity: 2)
        identity = FileIdentity(descriptor: descriptor)
        address = UInt(bitPattern: memory)
        additionCount = UnsafeAtomic(at: counters)
        invalidationCount = UnsafeAtomic(at: counters + 1)
    }

    deinit {
        if let memory = UnsafeMutableRawPointer(bitPattern: address) { munmap(memory, Self.size) }
    }

    /// How often answers were added, by any process.
    var additions: UInt64 { additionCount.load(ordering: .acquiring) }

    /// How often answers were invalidated, by any process.
    var invalidations: UInt64 { invalidationCount.load(ordering: .acquiring) }

    /// Tells every process that there are more answers.
    ///
    /// - Returns: how often that had been told before.
    @discardableResult
    func countAddition() -> UInt64 { additionCount.loadThenWrappingIncrement(ordering: .acquiringAndReleasing) }

    /// Tells every process that answers count no more.
    func countInvalidation() { invalidationCount.wrappingIncrement(ordering: .acquiringAndReleasing) }
}

/// Why the counters cannot be shared.
struct GenerationFileError: Error, CustomStringConvertible {
    let path: String
    let number: Int32

    var description: String { "\(path) cannot be opened: \(String(cString: strerror(number)))" }
}
