internal import Aurelis
internal import Foundation

/// What is set apart, and what is removed.
extension AuditPen {
    /// Moves what a dying process left out of the way, and has the chain say so.
    mutating func setApart(
        _ tail: AuditTail,
        of file: SystemFile,
        _ number: Int,
        _ outcome: inout Outcome
    ) throws(AuditFileError) {
        let kept = try SystemFile(directory.tornPath(of: number), .appending)
        if let error = kept.append(tail.rest + [UInt8(ascii: "\n")], write).error { throw error }
        if settings.sync != .never { try kept.sync() }
        try file.truncate(to: tail.wholeSize)
        notices.append(
            .torn(
                file: number,
                bytes: tail.rest.count,
                digest: AuditDigest.text(of: tail.rest),
                kept: AuditFileName.torn(number)
            )
        )
        outcome.alarms.append(
            "a process died while it wrote to \(file.path): \(tail.rest.count) bytes were set apart in \(kept.path)"
        )
    }

    /// Removes the files that are too old, or too many. Said first, done then: whoever checks the log must find that it
    /// was meant.
    mutating func retain(at now: Int64) throws(AuditFileError) {
        guard let current = page?.number else { return }
        let old = try AuditRetention(directory, settings).removable(before: current, at: now)
        guard let last = old.last else { return }
        let tail = try AuditTail(of: SystemFile(directory.path(of: last), .reading))
        guard let chain = tail.claimed else { return }
        let notice = AuditNotice.retention(through: last, sequence: chain.sequence, code: chain.code)
        try append([.notice(notice, time: now)])
        if settings.sync != .never { try page?.file.sync() }
        for number in old {
            try remove(directory.path(of: number))
            try? remove(directory.tornPath(of: number))
        }
    }

    func remove(_ path: String) throws(AuditFileError) {
        do { try FileManager.default.removeItem(atPath: path) } catch {
            throw AuditFileError(path, "cannot be removed: \(FileReason.words(error))")
        }
    }
}
