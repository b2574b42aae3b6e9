internal import AurelisProviders
internal import Foundation

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// A file with a key that Aurelis made for itself.
enum KeyFile {
    /// Writes 32 random bytes in base64, for the file's user only.
    ///
    /// Made under another name first: a second process finds it whole or not at all, and keeps the first one's.
    ///
    /// - Returns: whether there is a key now, this one or another process's.
    static func make(_ path: String) -> Bool {
        let files = FileManager.default
        let draft = path + ".\(ProcessInfo.processInfo.processIdentifier)"
        guard save(Secret.random(count: 32).base64, to: draft) else { return false }
        try? files.linkItem(atPath: draft, toPath: path)
        try? files.removeItem(atPath: draft)
        return files.fileExists(atPath: path)
    }

    /// From where the key lies to the system: nothing in between has a copy of it.
    private static func save(_ key: Secret, to path: String) -> Bool {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return key.withBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = UnsafeRawBufferPointer(rebasing: rest)
                let count = write(descriptor, piece.baseAddress, piece.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }
    }
}
