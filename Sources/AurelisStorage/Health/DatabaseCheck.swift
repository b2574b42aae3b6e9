internal import Foundation
internal import GRDB

/// Looks whether the SQLite files of a data directory are whole, without changing anything. Blocks.
package enum DatabaseCheck {
    /// The files of a directory, by their names.
    package static func files(in directory: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.filter { $0.hasSuffix(".sqlite") }.sorted()
    }

    /// What is wrong with a file, in SQLite's words; nil: it is whole.
    package static func problem(in path: String) -> String? {
        var configuration = GRDB.Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(1)
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            let verdict = try queue.read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") }
            return verdict == "ok" ? nil : verdict ?? "it could not be checked"
        } catch {
            return "\(error)"
        }
    }

    /// How many damaged files were moved aside there.
    package static func damagedFiles(in directory: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.filter { $0.contains(".sqlite.damaged-") && $0.hasSuffix("Z") }.sorted()
    }

    /// Which of the locks of a directory another process does not give back.
    package static func heldLocks(in directory: String, patience: Duration) -> [String] {
        let files = FileManager.default
        let names = (try? files.contentsOfDirectory(atPath: directory)) ?? []
        let locks = names.filter { $0.hasSuffix(".sqlite.lock") }.map { "\(directory)/\($0)" }
        let audit = AuditDirectory(dataDirectory: directory).lock
        return (locks + (files.fileExists(atPath: audit) ? [audit] : [])).sorted().filter { path in
            do throws(AuditFileError) {
                _ = try WaitedFileLock(path, patience: patience)
                return false
            } catch {
                return true
            }
        }
    }

    /// The last anchor of an audit log, and whether there is anything that it could be of.
    package static func audit(
        in directory: String,
        anchors: String?
    ) throws(AuditFileError) -> (lastAnchor: AuditAnchorLook?, hasEntries: Bool) {
        let log = AuditDirectory(dataDirectory: directory)
        let hasEntries = try !log.files().isEmpty
        let path = anchors ?? log.anchors
        guard FileManager.default.fileExists(atPath: path) else { return (nil, hasEntries) }
        let file = try SystemFile(path, .reading)
        let size = try file.size()
        let tail = try file.read(min(size, 64 << 10), at: max(0, size - (64 << 10)))
        let line = tail.split(separator: UInt8(ascii: "\n")).last.map(Array.init)
        return (line.flatMap(AuditAnchorLook.init(line:)), hasEntries)
    }
}
