#if os(Linux)
    import Glibc

    /// A text that no memory holds unless somebody puts it there: it is made from a number whenever it is needed.
    struct Seed: Sendable {
        let number: UInt64
        static let count = 40

        private static let mask: UInt8 = 0xA5

        /// Its characters, one after the other.
        func forEach(_ body: (UInt8) -> Void) {
            var random = SeededGenerator(seed: number)
            for _ in 0..<Self.count { body(0x61 + UInt8(random.next() % 26)) }
        }

        /// Writes it into a file, through memory that is wiped.
        func write(to path: String, mode: mode_t = 0o600) {
            let room = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.count, alignment: 1)
            var index = 0
            forEach { byte in
                room[index] = byte
                index += 1
            }
            let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode)
            _ = Glibc.write(file, room.baseAddress, room.count)
            close(file)
            explicit_bzero(room.baseAddress!, room.count)
            room.deallocate()
        }

        /// The same with all bits of the mask turned: what is looked for is not itself found.
        fileprivate var masked: [UInt8] {
            var bytes: [UInt8] = []
            forEach { bytes.append($0 ^ Self.mask) }
            return bytes
        }

        fileprivate static func isEqual(_ memory: UnsafeRawBufferPointer, _ masked: [UInt8]) -> Bool {
            for (index, byte) in masked.enumerated() where memory[index] ^ mask != byte { return false }
            return true
        }
    }

    /// Looks through everything that this process can read of itself.
    enum MemoryScan {
        private static let chunk = 1 << 20

        /// How many times a seed is in memory.
        static func occurrences(of seed: Seed) -> Int {
            let needle = seed.masked
            // Chunks overlap, so that nothing is missed between two.
            let size = chunk + needle.count
            let room = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)!
            defer { munmap(room, size) }
            let own = UInt(bitPattern: room)
            let memory = open("/proc/self/mem", O_RDONLY)
            defer { close(memory) }
            var found = 0
            for range in readable() {
                var start = range.lowerBound
                while start < range.upperBound {
                    let length = min(size, Int(range.upperBound - start))
                    // The room has what was read before.
                    let isOwn = start < own + UInt(size) && own < start + UInt(length)
                    let count = isOwn ? 0 : pread(memory, room, length, off_t(start))
                    if count > 0 {
                        found += occurrences(of: needle, in: UnsafeRawBufferPointer(start: room, count: count))
                    }
                    explicit_bzero(room, size)
                    start += UInt(chunk)
                }
            }
            return found
        }

        private static func occurrences(of needle: [UInt8], in memory: UnsafeRawBufferPointer) -> Int {
            guard memory.count >= needle.count else { return 0 }
            var found = 0
            let first = needle[0] ^ 0xA5
            var index = 0
            let last = min(memory.count - needle.count, chunk - 1)
            while index <= last {
                guard let hit = memchr(memory.baseAddress! + index, Int32(first), last - index + 1) else { break }
                index = hit - UnsafeMutableRawPointer(mutating: memory.baseAddress!)
                if Seed.isEqual(UnsafeRawBufferPointer(rebasing: memory[index...]), needle) { found += 1 }
                index += 1
            }
            return found
        }

        private static func readable() -> [Range<UInt>] {
            lines(of: "/proc/self/maps").compactMap { line in
                let parts = line.split(separator: " ")
                guard parts.count > 1, parts[1].first == "r", parts.last != "[vvar]" else { return nil }
                let ends = parts[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
                // Beyond the addresses of a process: the page of system calls.
                guard ends.count == 2, ends[0] < 1 << 62 else { return nil }
                return ends[0]..<ends[1]
            }
        }

        /// What the system says of the pages at an address, such as `lo` for locked.
        static func flags(at address: UInt) -> Set<String> {
            var isThere = false
            for line in lines(of: "/proc/self/smaps") {
                let parts = line.split(separator: " ")
                let ends = parts.first.map { $0.split(separator: "-").compactMap { UInt($0, radix: 16) } } ?? []
                if ends.count == 2 { isThere = (ends[0]..<ends[1]).contains(address) }
                if isThere, parts.first == "VmFlags:" { return Set(parts.dropFirst().map(String.init)) }
            }
            return []
        }

        private static func lines(of path: String) -> [Substring] {
            let file = open(path, O_RDONLY)
            defer { close(file) }
            var text: [UInt8] = []
            var room = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = read(file, &room, room.count)
                guard count > 0 else { break }
                text += room[..<count]
            }
            return String(decoding: text, as: UTF8.self).split(separator: "\n")
        }
    }
#endif
