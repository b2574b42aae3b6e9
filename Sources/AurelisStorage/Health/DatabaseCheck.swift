internal import Aurelis
internal import Foundation
internal import GRDB

/// Looks whether the SQLite files of a data directory are whole, without changing anything. Blocks.
package enum DatabaseCheck {
    /// The files of a directory, by their names.
    package static func files(in directory: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.filter { $0.hasSuffix(".sqlite") }.sorted()
    }

    /// What is wrong with a file, in SQLite's words.
    package enum Problem: Sendable, Hashable {
        /// What it holds is no database, or not all of one.
        case damaged(String)
        /// It cannot be looked at: a full disk, missing rights or another process stand in the way.
        case unreadable(String)
    }

    /// What is wrong with a file; nil: it is whole.
    package static func problem(in path: String) -> Problem? {
        var configuration = GRDB.Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(1)
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            let verdict = try queue.read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") }
            return verdict == "ok" ? nil : .damaged(verdict ?? "it could not be checked")
        } catch let error as DatabaseError where error.isDamage {
            return .damaged("\(error)")
        } catch {
            return .unreadable("\(error)")
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

    /// What is to be seen of an audit log without its key.
    package struct AuditLook: Sendable {
        /// Its last anchor.
        package var lastAnchor: AuditAnchorLook?
        /// The names of its files and of the keys that they are sealed with; nil: that cannot be told.
        package var files: [(name: String, key: String?)] = []
    }

    /// Looks at an audit log.
    ///
    /// - Throws: why it can be neither read nor written.
    package static func audit(in directory: String, anchors: String?) throws(AuditFileError) -> AuditLook {
        let log = AuditDirectory(dataDirectory: directory)
        var look = AuditLook()
        // A link that leads nowhere is there, too.
        if (try? FileManager.default.attributesOfItem(atPath: log.path)) != nil,
            let reason = DirectoryLook.obstacle(to: log.path)
        {
            throw AuditFileError(log.path, "cannot be written: \(reason)")
        }
        for number in try log.files() {
            let head = try AuditTail(of: SystemFile(log.path(of: number), .reading)).head
            look.files.append((AuditFileName.name(number), head?.key))
        }
        let path = anchors ?? log.anchors
        guard FileManager.default.fileExists(atPath: path) else { return look }
        let file = try SystemFile(path, .reading)
        let size = try file.size()
        let tail = try file.read(min(size, 64 << 10), at: max(0, size - (64 << 10)))
        let line = tail.split(separator: UInt8(ascii: "\n")).last.map(Array.init)
        look.lastAnchor = line.flatMap(AuditAnchorLook.init(line:))
        return look
    }
}
