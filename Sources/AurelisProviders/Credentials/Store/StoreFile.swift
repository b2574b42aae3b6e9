#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// A small file that is read whole and replaced whole, by one process at a time.
struct StoreFile: Sendable {
    let path: String

    /// Its bytes, and whether others on this machine can read or write it; nil when there is no file.
    func read() throws(CredentialStoreError) -> (bytes: [UInt8], isShared: Bool)? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw failure("read")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("read") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw CredentialStoreError(.system, "it is no ordinary file")
        }
        guard status.st_size <= StoreDocument.maximumBytes else { throw .damaged }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var count = 0
        while count < bytes.count {
            let received = bytes.withUnsafeMutableBytes { Self.read(descriptor, $0[count...]) }
            if received < 0, errno == EINTR { continue }
            guard received >= 0 else { throw failure("read") }
            if received == 0 { break }
            count += received
        }
        return (Array(bytes[..<count]), status.st_mode & 0o077 != 0)
    }

    /// Puts other bytes in its place, readable by its owner only: all of them or none, also after a power cut.
    func replace(with bytes: [UInt8]) throws(CredentialStoreError) {
        let failure = bytes.withUnsafeBytes { bytes -> CredentialStoreError? in
            do throws(CredentialStoreError) {
                try replace(with: bytes)
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
    }

    func replace(with bytes: UnsafeRawBufferPointer) throws(CredentialStoreError) {
        let draft = "\(path).\(getpid()).\(UInt32.random(in: .min ... .max)).draft"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure("written") }
        var isDone = false
        defer {
            close(descriptor)
            if !isDone { unlink(draft) }
        }
        var rest = bytes
        while !rest.isEmpty {
            let count = write(descriptor, rest.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("written") }
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
        }
        // A umask takes rights away and never gives any, but a directory's default ACL may.
        guard fchmod(descriptor, 0o600) == 0, fsync(descriptor) == 0, rename(draft, path) == 0 else {
            throw failure("written")
        }
        isDone = true
        syncDirectory()
    }

    /// Removes it; false when it was not there.
    func remove() throws(CredentialStoreError) -> Bool {
        if unlink(path) == 0 {
            syncDirectory()
            return true
        }
        guard errno == ENOENT else { throw failure("removed") }
        return false
    }

    /// Changes on every replacement; "absent" without a file.
    var version: String { CredentialFile.version(of: path) ?? "absent" }

    /// Runs a closure while no other process does the same for this file.
    func locked<Value>(
        waiting limit: Duration = .seconds(10),
        _ body: () throws(CredentialStoreError) -> Value
    ) throws(CredentialStoreError) -> Value {
        // Never removed: whoever removed it could leave two others with a lock on two files.
        let descriptor = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("locked") }
        defer { close(descriptor) }
        let end = ContinuousClock.now + limit
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else { throw failure("locked") }
            guard ContinuousClock.now < end else {
                throw CredentialStoreError(.busy, "another process has been working on it for \(limit)")
            }
            usleep(5_000)
        }
        return try body()
    }

    private func syncDirectory() {
        let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let descriptor = open(directory, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private static func read(_ descriptor: Int32, _ memory: Slice<UnsafeMutableRawBufferPointer>) -> Int {
        let room = UnsafeMutableRawBufferPointer(rebasing: memory)
        #if canImport(Darwin)
            return Darwin.read(descriptor, room.baseAddress, room.count)
        #elseif canImport(Musl)
            return Musl.read(descriptor, room.baseAddress, room.count)
        #else
            return Glibc.read(descriptor, room.baseAddress, room.count)
        #endif
    }

    private func failure(_ action: String) -> CredentialStoreError {
        CredentialStoreError(.system, "it cannot be \(action): \(String(cString: strerror(errno)))")
    }
}
