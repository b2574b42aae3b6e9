internal import Aurelis
internal import Foundation

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// The folder with the contents of files, under names of our own.
///
/// A file is its owner's once there is a row for it. Until then whoever writes it holds a lock on it; so what has
/// neither row nor lock was left behind by a process that died, and may be removed.
struct FileDirectory: Sendable {
    let path: String

    /// Where the content of a file is; nil for what is no name of ours, and so for everything that leads elsewhere.
    func path(of id: String) -> String? {
        StoredID.file.contains(id) ? path + "/" + id : nil
    }

    /// Makes the folder, for its user only.
    func prepare() throws { try StorageFile.makeDirectory(path) }

    /// Begins a file with a name of its own.
    func create() throws(FileFault) -> FileWriter {
        do { try prepare() } catch { throw FileFault("cannot make", path, errno) }
        for _ in 0..<10 {
            let id = StoredID.file.next()
            guard let path = path(of: id) else { continue }
            let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else {
                if errno == EEXIST { continue }
                throw FileFault("cannot write", path, errno)
            }
            let writer = FileWriter(id: id, path: path, descriptor: descriptor)
            // Whoever clears up may have been faster.
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0,
                FileIdentity(descriptor: descriptor) == FileIdentity(path: path)
            else { continue }
            return writer
        }
        throw FileFault("cannot write", path, EAGAIN)
    }

    /// The names of all contents.
    func names() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.filter { StoredID.file.contains($0) }
    }

    func remove(_ id: String) {
        if let path = path(of: id) { unlink(path) }
    }

    /// Removes a content that nobody knows, unless somebody is writing it.
    ///
    /// - Parameter isKnown: asked when nobody writes any more.
    func removeAbandoned(_ id: String, unless isKnown: () throws -> Bool) rethrows {
        guard let path = path(of: id) else { return }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, try !isKnown() else { return }
        unlink(path)
    }
}

/// Why a content cannot be read or written.
struct FileFault: Error, CustomStringConvertible {
    let problem: String
    let path: String
    let number: Int32

    init(_ problem: String, _ path: String, _ number: Int32) {
        self.problem = problem
        self.path = path
        self.number = number
    }

    /// Whether there is no room for it.
    var isDiskFull: Bool { number == ENOSPC || number == EDQUOT || number == EFBIG }

    /// Why, without where: for those whom the machine's folders are no business of.
    var reason: String { String(cString: strerror(number)) }

    var description: String { "\(problem) \(path): \(reason)" }
}
