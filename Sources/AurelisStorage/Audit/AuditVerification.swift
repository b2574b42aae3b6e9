package import Aurelis

/// Checks a log on the disk, while others may be writing it.
///
///     let report = AuditVerification.run(directory, keys: keys, anchors: [directory.anchors])
///     if let found = report.broken { print(found) }
package struct AuditVerification: Sendable {
    /// The first place that is wrong; nil: there is none.
    package var broken: AuditBreak?
    /// Files and lines that are whole.
    package var files = 0
    package var entries = 0
    /// The numbers of the first line and of the last that is whole.
    package var first = 0
    package var last = 0
    /// How many anchors were there and met, and the last one.
    package var anchors = 0
    package var metAnchors = 0
    package var lastAnchor: AuditAnchor?
    /// How many entries were lost, as the log itself says.
    package var lost = 0

    /// How many entries stand behind the last anchor.
    package var unanchored: Int { last - (lastAnchor?.sequence ?? first - 1) }

    /// That nothing is there.
    package init() {}

    /// Checks everything.
    ///
    /// - Parameter anchorFiles: where anchors are; a file that is not there holds none, unless it is required.
    /// - Throws: what cannot be read at all.
    package static func run(
        _ directory: AuditDirectory,
        keys: AuditKeyRing,
        anchors anchorFiles: [(path: String, isRequired: Bool)]
    ) throws(AuditFileError) -> AuditVerification {
        var report = AuditVerification()
        var anchors: [AuditAnchor] = []
        for file in anchorFiles { anchors += try read(file.path, isRequired: file.isRequired, &report) }
        report.anchors = anchors.count
        guard report.broken == nil else { return report }
        // Nobody writes while it is looked how far there is something to check.
        let (files, limit) = try extent(of: directory)
        do throws(AuditBreak) {
            var verifier = try AuditVerifier(keys: keys, anchors: anchors)
            defer { report.take(verifier) }
            for number in files {
                try verifier.begin(file: number)
                do throws(AuditFileError) {
                    var reader = try AuditReader(directory, file: number, limit: number == files.last ? limit : nil)
                    try report.check(&reader, &verifier)
                } catch {
                    throw AuditBreak(.files, file: AuditFileName.name(number), error.reason)
                }
                if let found = report.broken { throw found }
            }
            try verifier.finish()
        } catch {
            report.broken = error
        }
        return report
    }

    private mutating func check(
        _ reader: inout AuditReader,
        _ verifier: inout AuditVerifier
    ) throws(AuditFileError) {
        while let line = try reader.next() {
            do throws(AuditBreak) { try verifier.take(line) } catch {
                broken = error
                return
            }
        }
        do throws(AuditBreak) { try verifier.end(rest: reader.rest) } catch { broken = error }
    }

    private mutating func take(_ verifier: AuditVerifier) {
        files = verifier.files
        entries = verifier.entries
        (first, last) = (verifier.firstSequence, verifier.lastSequence)
        metAnchors = verifier.metAnchors
        lastAnchor = verifier.lastAnchor
        lost = verifier.lost
    }

    private static func extent(of directory: AuditDirectory) throws(AuditFileError) -> (files: [Int], limit: Int?) {
        // A copy that nobody writes to needs no lock, and may not be writable.
        let lock = FileIdentity(path: directory.lock) == nil ? nil : try? WaitedFileLock(directory.lock)
        defer { withExtendedLifetime(lock) {} }
        let files = try directory.files()
        guard let last = files.last else { return ([], nil) }
        return (files, try SystemFile(directory.path(of: last), .reading).size())
    }

    private static func read(
        _ path: String,
        isRequired: Bool,
        _ report: inout AuditVerification
    ) throws(AuditFileError) -> [AuditAnchor] {
        guard isRequired || FileIdentity(path: path) != nil else { return [] }
        let file = try SystemFile(path, .reading)
        let bytes = try file.read(file.size(), at: 0)
        var anchors: [AuditAnchor] = []
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where !line.isEmpty {
            if let anchor = AuditAnchor(reading: Array(line)) {
                anchors.append(anchor)
            } else if index < lines.count - 1 {
                let place = AuditBreak(.anchor, file: path, line: index + 1, "is no anchor: it was changed or put in")
                report.broken = report.broken ?? place
            }
        }
        return anchors
    }
}
