internal import ArgumentParser
internal import Aurelis
internal import AurelisApp
internal import AurelisJSON
internal import AurelisStorage

/// `aurelis audit tail`: the latest lines of the log, and those to come.
struct AuditTailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Show the latest entries of the audit log, and with -f those to come.",
        discussion: """
            A gateway that runs writes about four times a second. With --json the lines are
            as they stand in the files, seals and all. Nothing is verified.

            Examples:
              aurelis audit tail -f --event security_event
              aurelis audit tail -n 100 --json | jq .event
            """
    )

    @Option(name: .customShort("n"), help: .init("How many entries.", valueName: "count"))
    var count = 20

    @Flag(name: .shortAndLong, help: "Go on showing entries as they are written, until Ctrl-C.")
    var follow = false

    @Flag(help: "Print the lines as they stand in the files.")
    var json = false

    @OptionGroup
    var selection: AuditSelectionOptions

    @OptionGroup
    var options: AuditOptions

    func validate() throws {
        guard (0...1_000_000).contains(count) else { throw ValidationError("-n must be 0 to 1000000") }
    }

    func run() async throws {
        let console = options.output.console()
        let directory = try options.session(console).auditDirectory
        let printer = AuditPrinter(output: console.output, json: json)
        let selection = selection.selection
        let (count, follow) = (count, follow)
        try await Signals.interruptible {
            do {
                var tail = try AuditFollower(directory, selection)
                if try directory.files().isEmpty, !follow {
                    console.remark("there is no audit log in \(directory.path)")
                }
                for line in try tail.latest(count) { try printer.print(line) }
                while follow {
                    while let line = try tail.next() { try printer.print(line) }
                    try await Task.sleep(for: .milliseconds(250))
                }
            } catch let error as AuditFileError {
                throw CommandFailure(error)
            }
        }
    }
}

/// Prints lines of the log.
struct AuditPrinter: Sendable {
    let output: TextOutput
    let json: Bool

    func print(_ line: AuditFollower.Line) throws(WriteFailure) {
        if json {
            try output.write(json: String(decoding: line.bytes, as: UTF8.self) + "\n")
        } else {
            try output.write(AuditText.line(line.document, output.style))
        }
    }
}
