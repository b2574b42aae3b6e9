internal import ArgumentParser
internal import Aurelis
internal import AurelisApp
internal import AurelisStorage

/// `aurelis audit`: what was recorded, and whether it is whole.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Verify, watch and export the audit log.",
        discussion: """
            The log holds who asked which model when, what came of it and what it cost,
            each line sealed together with the one before it. It is read from the data
            directory, also while others write to it.

            Examples:
              aurelis audit verify --anchors /mnt/elsewhere/anchors.jsonl
              aurelis audit tail -f --event security_event
              aurelis audit export --from 2026-11-01 --to 2026-11-30 --format csv
            """,
        subcommands: [AuditVerifyCommand.self, AuditTailCommand.self, AuditExportCommand.self]
    )
}

/// What every subcommand of `aurelis audit` understands.
struct AuditOptions: ParsableArguments {
    @OptionGroup
    var configuration: ConfigurationOptions

    @OptionGroup
    var output: OutputOptions

    /// The configuration; nobody needs to be there to answer.
    func session(_ console: Console) throws -> Session {
        var overrides = configuration.overrides
        overrides.needsProvider = false
        let session = try Session.load(overrides, logLevel: output.logLevel, console: console)
        try session.requireReadableData()
        return session
    }
}

extension Session {
    /// Where the audit log is.
    var auditDirectory: AuditDirectory { AuditDirectory(dataDirectory: configuration.dataDirectory) }
}

extension CommandFailure {
    /// A file of the log that cannot be read.
    init(_ error: AuditFileError) { self.init(.failure, "\(error)", hint: "name another directory with --data-dir") }
}
