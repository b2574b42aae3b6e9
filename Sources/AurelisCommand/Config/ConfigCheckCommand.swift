internal import ArgumentParser
internal import Aurelis
internal import AurelisApp
internal import AurelisJSON

/// `aurelis config check`: whether the configuration can be used.
struct ConfigCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the configuration; exits with 3 and names file, line and path when it is wrong.",
        discussion: """
            What this machine lacks and another may have, such as a variable or a key, is
            warned of; `aurelis doctor` looks at everything.

            Examples:
              aurelis config check --config ./aurelis.yaml && systemctl reload aurelis
              aurelis config check --json | jq -r .warnings[]
            """
    )

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup
    var provider: ProviderOptions

    @OptionGroup
    var output: OutputOptions

    func run() async throws {
        let console = output.console()
        let session = try Session.load(provider.overrides, logLevel: output.logLevel, console: console)
        let out = console.output
        let sources = session.loaded.sources
        if !json {
            for source in sources { try out.write("read \(TerminalSanitizer.singleLine(source))\n") }
            if sources.isEmpty { try out.write("read no file: flags, environment and defaults only\n") }
        }
        let check = StartCheck(session.configuration, environment: session.environment, logger: session.logger)
        let obstacles = await check.obstacles()
        if let obstacle = obstacles.first(where: { !$0.isOfThisMachine }) { throw obstacle.error }
        let notices =
            obstacles.map { "`aurelis serve` would refuse it here: \(TerminalSanitizer.singleLine("\($0.error)"))" }
            + RetirementNotice.all(session.configuration)
        for notice in notices { console.warn(notice) }
        if json {
            var writer = JSONWriter()
            writer.beginObject()
            writer.field("ok", true)
            writer.strings("files", sources)
            writer.strings("warnings", session.loaded.warnings + notices)
            writer.endObject()
            return try out.write(json: String(decoding: writer.bytes, as: UTF8.self) + "\n")
        }
        let count = session.loaded.warnings.count + notices.count
        let verdict = count == 0 ? "ok" : count == 1 ? "ok, with 1 warning" : "ok, with \(count) warnings"
        try out.write(out.style(count == 0 ? .good : .caution, verdict) + "\n")
    }
}
