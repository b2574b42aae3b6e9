internal import ArgumentParser
internal import Aurelis
internal import AurelisApp
internal import AurelisStorage
internal import Foundation

/// `aurelis audit verify`: whether the log is what was written.
struct AuditVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check that nothing of the audit log was changed, removed or put in.",
        discussion: """
            Finds every changed byte, and lines that were removed, moved or put in; at the
            end of the log as far back as the last anchor. Names the first such place.
            Anchors beside the log are always looked at; those that lie where the log's
            owner cannot reach them prove the most.

            Exit status: 0 whole, 1 not whole, or nothing there, 3 the key is missing.

            Example:
              aurelis audit verify --anchors /mnt/elsewhere/anchors.jsonl
            """
    )

    @Option(help: .init("A file with anchors, beside those of the configuration; repeatable.", valueName: "file"))
    var anchors: [String] = []

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup
    var options: AuditOptions

    func run() async throws {
        let console = options.output.console()
        let session = try options.session(console)
        let directory = session.auditDirectory
        var files = [(directory.anchors, false)]
        if let file = session.configuration.audit.settings.anchors.file { files.append((file, false)) }
        files += anchors.map { ($0, true) }
        let keys: AuditKeyRing
        do throws(ConfigurationError) {
            keys = try AuditKeys.ring(session.configuration, environment: session.environment, makes: false)
        } catch {
            // Without a log the missing key is no mistake: both are made with the first entry.
            guard try Self.isEmpty(directory, files) else { throw error }
            return try conclude(AuditVerification(), of: directory, console)
        }
        let report: AuditVerification
        do throws(AuditFileError) {
            report = try AuditVerification.run(directory, keys: keys, anchors: files)
        } catch {
            throw CommandFailure(error)
        }
        try conclude(report, of: directory, console)
    }

    /// Whether nothing was ever written, as far as can be seen: neither entries nor anchors.
    private static func isEmpty(_ directory: AuditDirectory, _ anchors: [(String, Bool)]) throws -> Bool {
        do throws(AuditFileError) {
            guard try directory.files().isEmpty else { return false }
            return anchors.allSatisfy { path, isRequired in
                !isRequired && !FileManager.default.fileExists(atPath: path)
            }
        } catch {
            throw CommandFailure(error)
        }
    }

    /// Prints what was found.
    ///
    /// - Throws: that the log is not whole, or not there.
    private func conclude(_ report: AuditVerification, of directory: AuditDirectory, _ console: Console) throws {
        let text = AuditReport(report, directory: directory.path)
        if json {
            try console.output.write(json: text.json)
        } else if report.broken == nil, report.files > 0 {
            try console.output.write(text.rendered(console.output.style))
        }
        if let broken = report.broken {
            var failure = CommandFailure(.failure, "the audit log is not whole: \(broken)")
            failure.isPrinted = json
            throw failure
        }
        guard report.files > 0 else {
            var failure = CommandFailure(
                .failure,
                "there is no audit log in \(directory.path)",
                hint: "without a log and without an anchor nobody can tell whether there ever was one"
            )
            failure.isPrinted = json
            throw failure
        }
    }
}
