internal import Aurelis
internal import Foundation

/// What is left of damaged SQLite files: kept beside them for whoever wants to look, the last few of them.
struct DamagedFiles {
    /// How many are kept.
    static let limit = 3

    /// The file that was damaged.
    let path: String

    private var mark: String { path + ".damaged-" }

    /// Moves the file and its journals out of the way.
    ///
    /// - Returns: where it is now.
    func moveAside(at time: TimeStamp) throws -> String {
        let files = FileManager.default
        let target = mark + time.description
        for journal in ["", "-wal", "-shm"] where files.fileExists(atPath: path + journal) {
            // One found in the same millisecond tells no more than the other.
            try? files.removeItem(atPath: target + journal)
            try files.moveItem(atPath: path + journal, toPath: target + journal)
        }
        prune()
        return target
    }

    private func prune() {
        let files = FileManager.default
        let directory = (path as NSString).deletingLastPathComponent
        let prefix = (mark as NSString).lastPathComponent
        let all = (try? files.contentsOfDirectory(atPath: directory)) ?? []
        let marked = all.filter { $0.hasPrefix(prefix) }
        // The time is part of the name, so the names sort by it.
        let kept = marked.filter { $0.hasSuffix("Z") }.sorted().suffix(Self.limit)
        for name in marked where !kept.contains(where: { name.hasPrefix($0) }) {
            try? files.removeItem(atPath: directory + "/" + name)
        }
    }
}
