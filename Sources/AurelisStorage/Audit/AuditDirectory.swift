internal import Aurelis
internal import Foundation

/// The directory in which a log lies, and what its files are called.
///
///     let directory = AuditDirectory(dataDirectory: "/home/me/.local/share/aurelis")
///     for number in try directory.files() { print(directory.path(of: number)) }
package struct AuditDirectory: Sendable, Hashable {
    /// Where it is.
    package let path: String

    /// The log of a data directory.
    package init(dataDirectory: String) { path = dataDirectory + "/audit" }

    /// The numbers of the files that are there, in their order; none when the directory is not there.
    ///
    /// - Throws: why it cannot be read.
    package func files() throws(AuditFileError) -> [Int] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path).compactMap(AuditFileName.number).sorted()
        } catch {
            throw AuditFileError(path, "cannot be read: \(FileReason.words(error))")
        }
    }

    /// Where a file is.
    package func path(of number: Int) -> String { path + "/" + AuditFileName.name(number) }

    /// Where anchors are, unless they are told to be elsewhere.
    package var anchors: String { path + "/anchors.jsonl" }

    /// Held by who writes.
    var lock: String { path + "/audit.lock" }

    func tornPath(of number: Int) -> String { path + "/" + AuditFileName.torn(number) }

    /// Makes the directory, for its user only.
    func prepare() throws(AuditFileError) {
        do { try StorageFile.makeDirectory(path) } catch {
            throw AuditFileError(path, "cannot be made: \(FileReason.words(error))")
        }
    }
}

/// Why a file of the log cannot be used.
package struct AuditFileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Which file.
    package let path: String
    /// Why.
    package let reason: String
    /// Whether there is no room for it.
    let isFull: Bool

    package init(_ path: String, _ reason: String) { self.init(path, reason, isFull: false) }

    init(_ path: String, _ reason: String, isFull: Bool) {
        self.path = path
        self.reason = reason
        self.isFull = isFull
    }

    /// For people.
    package var description: String { "\(path) \(reason)" }
}
