internal import ArgumentParser
internal import Aurelis
internal import AurelisApp
internal import AurelisStorage

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

            Exit status: 0 whole, 1 not whole, or nothing there.

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
        let keys = try AuditKeys.ring(session.configuration, environment: session.environment, makes: false)
        var files = [(directory.anchors, false)]
        if let file = session.configuration.audit.settings.anchors.file { files.append((file, false)) }
        files += anchors.map { ($0, true) }
        let report: AuditVerification
        do throws(AuditFileError) {
            report = try AuditVerification.run(directory, keys: keys, anchors: files)
        } catch {
            throw CommandFailure(error)
        }
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
