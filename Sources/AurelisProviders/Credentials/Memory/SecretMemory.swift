internal import Synchronization

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// Memory pages for secrets, and what the system did not allow with them.
package enum SecretMemory {
    /// How well secrets are kept in this process.
    package struct Status: Sendable, Hashable {
        /// How many secrets could not be locked: they may be written to swap space.
        package var unlocked = 0
        /// The system's reason.
        package var reason: String?

        /// One line for people.
        package var description: String {
            guard unlocked > 0 else { return "locked, left out of core dumps, wiped on release" }
            let why = reason.map { " (\($0))" } ?? ""
            return "\(unlocked) could not be locked\(why), so they may reach swap space: raise `ulimit -l`"
        }
    }

    /// How well secrets were kept since the process began.
    package static var status: Status { state.withLock { $0 } }

    private static let state = Mutex(Status())

    /// Pages, and how to give them back.
    struct Pages {
        let memory: UnsafeMutableRawBufferPointer
        fileprivate let isMapped: Bool
    }

    /// Pages of zeros with room for some bytes. Only memory itself may be missing: a lock that is not granted is noted.
    static func map(_ count: Int) -> Pages {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let size = (max(count, 1) + page - 1) / page * page
        let protection = PROT_READ | PROT_WRITE
        guard let start = mmap(nil, size, protection, MAP_PRIVATE | MAP_ANON, -1, 0), start != MAP_FAILED else {
            note(errno)
            // No more mappings may be had; ordinary memory is wiped as well.
            let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
            memory.initializeMemory(as: UInt8.self, repeating: 0)
            return Pages(memory: memory, isMapped: false)
        }
        if mlock(start, size) != 0 { note(errno) }
        #if os(Linux)
            // Kernels before 4.14 do not know the second; nothing more can be done there.
            _ = madvise(start, size, MADV_DONTDUMP)
            _ = madvise(start, size, MADV_WIPEONFORK)
        #endif
        return Pages(memory: UnsafeMutableRawBufferPointer(start: start, count: size), isMapped: true)
    }

    static func release(_ pages: Pages) {
        wipe(pages.memory)
        if pages.isMapped {
            munmap(pages.memory.baseAddress, pages.memory.count)
        } else {
            pages.memory.deallocate()
        }
    }

    /// Overwrites memory, also where an optimiser sees that nobody reads it again.
    static func wipe(_ memory: UnsafeMutableRawBufferPointer) {
        guard let start = memory.baseAddress else { return }
        #if canImport(Darwin)
            memset_s(start, memory.count, 0, memory.count)
        #else
            explicit_bzero(start, memory.count)
        #endif
    }

    private static func note(_ number: Int32) {
        state.withLock { status in
            status.unlocked += 1
            status.reason = String(cString: strerror(number))
        }
    }
}
