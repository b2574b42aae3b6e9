package import Aurelis
internal import Foundation

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// The keys of a data directory, in a file that only its user can read: `keys.json`.
///
///     let file = AccessKeyFile(directory: "/home/me/.local/share/aurelis")
///     try file.update { book in try book.revoke("ci", at: now) }
///
/// A change is a new file in the place of the old one, on the disk before it is there: whoever is killed, or loses power,
/// leaves the one or the other. One process at a time changes it; who reads needs no lock.
package struct AccessKeyFile: Sendable {
    /// Where it is.
    package let path: String
    private let directory: String
    private let onStep: @Sendable (Step) -> Void

    /// How far a change has come.
    enum Step: Int, CaseIterable, Sendable {
        case locked, begun, written, onDisk, inPlace
    }

    /// A file with more keys than may be is not read.
    private static let maximumSize = 64 << 20

    /// The file in a directory; neither needs to exist yet.
    package init(directory: String) { self.init(directory: directory) { _ in } }

    /// - Parameter onStep: told how far a change has come, for tests in which it comes no further.
    init(directory: String, onStep: @escaping @Sendable (Step) -> Void) {
        self.directory = directory
        self.onStep = onStep
        path = directory + "/keys.json"
    }

    /// The keys; none when there is no file.
    ///
    /// - Throws: why there is a file, and nobody knows what is in it.
    package func read() throws(AccessKeyFileError) -> AccessKeyBook { try readNoting().book }

    /// Changes the keys.
    ///
    /// - Throws: what `change` throws, or `AccessKeyFileError`; then nothing has changed.
    package func update<Value>(_ change: (inout AccessKeyBook) throws -> Value) throws -> Value {
        do { try StorageFile.makeDirectory(directory) } catch { throw AccessKeyFileError(path, "\(error)") }
        return try FileLock.holding(path + ".lock") {
            onStep(.locked)
            var book = try read()
            let value = try change(&book)
            try write(book)
            return value
        }
    }

    /// The keys, and the looks of the file that had them; nil: there was none.
    func readNoting() throws(AccessKeyFileError) -> (book: AccessKeyBook, look: FileLook?) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            guard errno == ENOENT else { throw AccessKeyFileError(path, number: errno) }
            return (AccessKeyBook(), nil)
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard let look = FileLook(descriptor: descriptor), look.isRegular, look.size <= Self.maximumSize else {
            throw AccessKeyFileError(path, "it is no file of keys")
        }
        do {
            let data = try file.readToEnd() ?? Data()
            return (try JSONDecoder().decode(AccessKeyBook.self, from: data), look)
        } catch {
            throw AccessKeyFileError(path, error)
        }
    }

    private func write(_ book: AccessKeyBook) throws(AccessKeyFileError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // One that somebody left behind is written over: whoever holds the lock is alone.
        let draft = path + ".new"
        do {
            let data = try encoder.encode(book) + Data("\n".utf8)
            unlink(draft)
            let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw AccessKeyFileError(path, number: errno) }
            let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            onStep(.begun)
            try file.write(contentsOf: data)
            onStep(.written)
            try file.synchronize()
            onStep(.onDisk)
            guard rename(draft, path) == 0 else { throw AccessKeyFileError(path, number: errno) }
            onStep(.inPlace)
        } catch let error as AccessKeyFileError {
            unlink(draft)
            throw error
        } catch {
            unlink(draft)
            throw AccessKeyFileError(path, error)
        }
        // The name is on the disk with its directory.
        let folder = open(directory, O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }
}

/// Why the keys cannot be read or changed.
package struct AccessKeyFileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Which file it is about.
    package let path: String
    /// What is wrong with it.
    package let reason: String

    /// For people.
    package var description: String { "\(path): \(reason)" }

    init(_ path: String, _ reason: String) {
        self.path = path
        self.reason = reason
    }

    init(_ path: String, number: Int32) { self.init(path, String(cString: strerror(number))) }

    init(_ path: String, _ error: any Error) {
        switch error {
        case DecodingError.dataCorrupted(let context) where context.codingPath.isEmpty:
            self.init(path, "it is damaged: \(context.debugDescription)")
        case DecodingError.dataCorrupted(let context): self.init(path, context.debugDescription)
        case is DecodingError: self.init(path, "it is damaged: something is missing in it")
        default: self.init(path, FileReason.words(error))
        }
    }
}
