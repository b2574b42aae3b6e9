#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

extension CredentialSource {
    /// A file that holds a credential and nothing else. It is read again when it has changed.
    package static func file(_ path: String) -> CredentialSource {
        CredentialSource(
            name: "file \(path)",
            lifetime: .seconds(1),
            version: { CredentialFile.version(of: path) },
            read: { CredentialFile.read(path) }
        )
    }
}

private enum CredentialFile {
    /// No credential is longer; a longer file is some other file.
    static let maximumBytes = 16 * 1024

    static func version(of path: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        #if canImport(Darwin)
            let modified = status.st_mtimespec
        #else
            let modified = status.st_mtim
        #endif
        return "\(status.st_ino) \(status.st_size) \(modified.tv_sec) \(modified.tv_nsec)"
    }

    static func read(_ path: String) -> CredentialSource.Finding {
        // Without O_NONBLOCK a FIFO would block until somebody writes to it.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            let reason = errno
            return reason == ENOENT ? .failed("there is no such file") : .failed(String(cString: strerror(reason)))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return .failed("it is no ordinary file")
        }
        guard status.st_size <= maximumBytes else { return .failed("it is too large to be a credential") }
        return contents(of: descriptor, at: path, isShared: status.st_mode & (S_IRGRP | S_IROTH) != 0)
    }

    private static func contents(
        of descriptor: Int32,
        at path: String,
        isShared: Bool
    ) -> CredentialSource.Finding {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: maximumBytes, alignment: 1)
        defer {
            memory.initializeMemory(as: UInt8.self, repeating: 0)
            memory.deallocate()
        }
        var count = 0
        while count < memory.count {
            let received = Self.read(descriptor, into: memory[count...])
            if received < 0 { return .failed(String(cString: strerror(errno))) }
            if received == 0 { break }
            count += received
        }
        var text = memory[..<count]
        while let first = text.first, isSpace(first) { text.removeFirst() }
        while let last = text.last, isSpace(last) { text.removeLast() }
        guard !text.isEmpty else { return .failed("it is empty") }
        guard text.allSatisfy({ (0x21...0x7E) ~= $0 }) else { return .failed("it holds more than one credential") }
        return .found(
            Secret(text),
            origin: "the file \(path)",
            warning: isShared ? "others on this machine can read \(path); `chmod 600` it" : nil
        )
    }

    private static func read(_ descriptor: Int32, into memory: Slice<UnsafeMutableRawBufferPointer>) -> Int {
        let rest = UnsafeMutableRawBufferPointer(rebasing: memory)
        #if canImport(Darwin)
            return Darwin.read(descriptor, rest.baseAddress, rest.count)
        #elseif canImport(Musl)
            return Musl.read(descriptor, rest.baseAddress, rest.count)
        #else
            return Glibc.read(descriptor, rest.baseAddress, rest.count)
        #endif
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D) ~= byte }
}
