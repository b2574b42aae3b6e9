internal import Aurelis
internal import Foundation

/// Which files of a log are no longer kept: whole ones, the oldest first, never the newest.
struct AuditRetention {
    private let directory: AuditDirectory
    private let settings: AuditSettings

    init(_ directory: AuditDirectory, _ settings: AuditSettings) {
        self.directory = directory
        self.settings = settings
    }

    /// The files before the current one that are to go.
    func removable(before current: Int, at now: Int64) throws(AuditFileError) -> [Int] {
        guard settings.retentionDays > 0 || settings.retentionBytes > 0 else { return [] }
        let files = try directory.files().filter { $0 <= current }
        var old: [Int] = []
        var size = files.reduce(0) { $0 + bytes(of: $1) }
        let limit = TimeStamp(milliseconds: now - Int64(settings.retentionDays) * 86_400_000).description
        for (number, next) in zip(files, files.dropFirst()) {
            let isLarge = settings.retentionBytes > 0 && size > settings.retentionBytes
            // All of a file was written before the next one was begun.
            let isOld = settings.retentionDays > 0 && (begun(next).map { $0 < limit } ?? false)
            guard isLarge || isOld else { break }
            old.append(number)
            size -= bytes(of: number)
        }
        return old
    }

    private func bytes(of number: Int) -> Int {
        (try? SystemFile(directory.path(of: number), .reading).size()) ?? 0
    }

    private func begun(_ number: Int) -> String? {
        (try? SystemFile(directory.path(of: number), .reading)).flatMap { try? AuditTail(of: $0) }?.head?.time
    }
}
