internal import ArgumentParser
internal import Aurelis
internal import AurelisApp

/// `aurelis config check`: whether the configuration can be used.
struct ConfigCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the configuration; exits with 3 and names file, line and path when it is wrong.",
        discussion: """
            Example:
              aurelis config check --config ./aurelis.yaml && systemctl reload aurelis
            """
    )

    @OptionGroup
    var provider: ProviderOptions

    @OptionGroup
    var output: OutputOptions

    func run() async throws {
        let console = output.console()
        let session = try Session.load(provider.overrides, logLevel: output.logLevel, console: console)
        let out = console.output
        for source in session.loaded.sources {
            try out.write("read \(TerminalSanitizer.singleLine("\(source)"))\n")
        }
        if session.loaded.sources.isEmpty { try out.write("read no file: flags, environment and defaults only\n") }
        _ = try ModelTokenizers(session.configuration.tokenizers)
        try session.configuration.checkSecurity(environment: session.environment, logger: session.logger)
        let retirements = RetirementNotice.all(session.configuration)
        for notice in retirements { console.warn(notice) }
        let count = session.loaded.warnings.count + retirements.count
        let verdict = count == 0 ? "ok" : count == 1 ? "ok, with 1 warning" : "ok, with \(count) warnings"
        try out.write(out.style(count == 0 ? .good : .caution, verdict) + "\n")
    }
}
