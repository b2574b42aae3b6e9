internal import ArgumentParser
internal import Aurelis
internal import AurelisApp
internal import AurelisStorage

/// `aurelis audit export`: the log for other programs.
struct AuditExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write entries of the audit log to standard output, as JSON lines or CSV.",
        discussion: """
            Times are of UTC and as exact as you like: --from 2026-11-01 begins with that
            day, --to 2026-11-30 ends with that day. JSON lines are as they stand in the
            files. In CSV a text that a spreadsheet would take for a formula begins with '.
            A terminal is shown no control characters; a file or a pipe gets them all.
            Nothing is verified: `aurelis audit verify` does that.

            Example:
              aurelis audit export --from 2026-11-01 --to 2026-11-30 --format csv >nov.csv
            """
    )

    @Option(help: .init("From this time on, such as 2026-11-28 or 2026-11-28T10:30.", valueName: "time"))
    var from: String?

    @Option(help: .init("Up to this time, with all that begins with it.", valueName: "time"))
    var to: String?

    @Option(help: "jsonl or csv.")
    var format = AuditFormat.jsonl

    @OptionGroup
    var selection: AuditSelectionOptions

    @OptionGroup
    var options: AuditOptions

    func validate() throws {
        for (name, text) in [("--from", from), ("--to", to)] {
            guard let text, AuditSelection.moment(text) == nil else { continue }
            throw ValidationError("\(name) \(text) is no time such as 2026-11-28 or 2026-11-28T10:30:00Z")
        }
    }

    func run() async throws {
        let console = options.output.console()
        let directory = try options.session(console).auditDirectory
        var selection = selection.selection
        selection.from = from.flatMap(AuditSelection.moment)
        selection.to = to.flatMap(AuditSelection.moment)
        do {
            guard let first = try directory.files().first else {
                return console.remark("there is no audit log in \(directory.path)")
            }
            var lines = try AuditFollower(directory, selection, from: first)
            if format == .csv { try console.output.write(AuditCSV.heading) }
            while let line = try lines.next() {
                switch format {
                case .jsonl: try console.output.write(json: String(decoding: line.bytes, as: UTF8.self) + "\n")
                case .csv:
                    try console.output.write(AuditCSV.row(line.document, isShown: console.output.isTerminal))
                }
            }
        } catch let error as AuditFileError {
            throw CommandFailure(error)
        }
    }
}

/// What an export looks like.
enum AuditFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    case jsonl, csv
}
