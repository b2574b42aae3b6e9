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
            read: { CredentialFile.finding(path) }
        )
    }
}

enum CredentialFile {
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

    static func finding(_ path: String) -> CredentialSource.Finding {
        switch contents(of: path) {
        case .failed(let reason): return .failed(reason)
        case .read(let secret, let isShared):
            guard let text = secret.trimmed else { return .failed("it is empty") }
            guard text.isPrintable else { return .failed("it holds more than one credential") }
            let warning = isShared ? "others on this machine can read \(path); `chmod 600` it" : nil
            return .found(text, origin: "the file \(path)", warning: warning)
        }
    }

    /// What is in a file that holds a secret.
    enum Contents {
        /// All of it, and whether others on this machine can read it.
        case read(Secret, isShared: Bool)
        case failed(String)
    }

    static func contents(of path: String) -> Contents {
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
        // The bytes go where they stay: no buffer is left with a copy.
        var room = SecretBytes(capacity: maximumBytes)
        var count = 0
        while count < room.count {
            let received = room.withMutableBytes { read(descriptor, $0.baseAddress! + count, $0.count - count) }
            if received < 0, errno == EINTR { continue }
            if received < 0 { return .failed(String(cString: strerror(errno))) }
            if received == 0 { break }
            count += received
        }
        let isShared = status.st_mode & (S_IRGRP | S_IROTH) != 0
        return .read(room.withBytes { Secret($0[..<count]) }, isShared: isShared)
    }
}
