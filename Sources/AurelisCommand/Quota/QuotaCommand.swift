internal import ArgumentParser
internal import Aurelis
internal import AurelisApp
internal import AurelisJSON

/// `aurelis quota`: what is used, what is left, and when it comes back.
struct QuotaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quota",
        abstract: "Show what is left of each model's and key's quota, and when it comes back.",
        discussion: """
            Counted is what every Aurelis process of this data directory has sent, and
            what providers said when they refused. Models have a quota when their provider
            has a `plan` or `limits` in the configuration, keys when they were made with
            limits. Nothing is sent.

            Examples:
              aurelis quota
              aurelis quota --json | jq '.quotas[] | select(.model == "gpt-4o")'
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
        try session.requireReadableData()
        var keys: [AccessGrant] = []
        // What models have left is to be seen all the same.
        do { keys = try KeyStore(session).ring.metered } catch { console.warn("\(error.message)") }
        let report = try await session.withEngine { await $0.orchestrator.quotaReport(keys: keys) }
        let shown = report.rows.map(\.provider.rawValue)
        // Where nothing is shown, what a refusal has taught of the account may be missing.
        let concerned = report.rows.isEmpty ? session.configuration.providers.map(\.id) : shown
        await UnknownAccounts(session).warn(of: Set(concerned.map { ProviderID(rawValue: $0) }), on: console)
        let out = console.output
        if json {
            var writer = JSONWriter()
            writer.beginObject()
            report.writeMembers(to: &writer)
            writer.endObject()
            return try out.write(json: String(decoding: writer.bytes, as: UTF8.self) + "\n")
        }
        guard !report.rows.isEmpty || !report.keys.isEmpty else {
            return console.remark("no model has a quota: give its provider a `plan` or `limits` in the configuration")
        }
        try out.write(QuotaTable(report).table.rendered(width: out.columns, style: out.style))
    }
}
