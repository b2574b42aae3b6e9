internal import ArgumentParser
internal import Aurelis
internal import AurelisApp
internal import AurelisJSON

/// `aurelis why`: how a request found its answer, or why it found none.
struct WhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Explain a request: who was considered, who was asked, what became of it.",
        discussion: """
            A request's name is in the answer's x-aurelis-request-id, and in what
            `aurelis ask --verbose` says. Without a name the latest requests are listed.
            A running gateway is asked first, then the data directory. Prompts and answers
            are not kept.

            Examples:
              aurelis why
              aurelis why req_5b1f0c9ae4d27788
              aurelis why --last 100 --json | jq -r '.requests[].outcome'
            """
    )

    @Argument(help: .init("The request; none: list the latest.", valueName: "request"))
    var request: String?

    @Option(help: .init("How many of the latest requests to list.", valueName: "count"))
    var last = 20

    @Option(help: .init("The gateway's control plane; default: as the configuration says.", valueName: "url"))
    var admin: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup
    var configuration: ConfigurationOptions

    @OptionGroup
    var output: OutputOptions

    func validate() throws {
        guard (1...1_000).contains(last) else { throw ValidationError("--last must be 1 to 1000") }
        if let request, RequestID(parsing: request) == nil {
            throw ValidationError("\"\(request)\" is no request's name: that is req_ and sixteen hexadecimal digits")
        }
    }

    func run() async throws {
        let console = output.console()
        var overrides = configuration.overrides
        overrides.needsProvider = false
        let session = try Session.load(overrides, logLevel: output.logLevel, console: console)
        try session.requireReadableData()
        let archive = RequestArchive(
            gateway: ControlPlane(named: admin, configuration: session.configuration, remark: { console.remark($0) }),
            configuration: session.configuration,
            history: RequestHistory(
                directory: session.configuration.dataDirectory,
                simulated: session.configuration.simulates,
                logger: session.logger
            ),
            console: console
        )
        try await Signals.interruptible {
            if let id = request.flatMap(RequestID.init(parsing:)) {
                try await explain(id, archive, console.output)
            } else {
                try await list(archive, console)
            }
        }
    }

    private func explain(_ id: RequestID, _ archive: RequestArchive, _ output: TextOutput) async throws {
        guard let record = try await archive.find(id) else {
            throw CommandFailure(
                .failure,
                "\(id) is not known here",
                hint: "`aurelis why` lists the latest; a gateway elsewhere is asked with --admin URL"
            )
        }
        if json {
            try output.write(json: String(decoding: record.json, as: UTF8.self) + "\n")
        } else {
            try output.write(RequestStory(record).rendered(width: output.columns, style: output.style))
        }
    }

    private func list(_ archive: RequestArchive, _ console: Console) async throws {
        let records = try await archive.latest(last)
        if json {
            var json = JSONWriter()
            json.beginObject()
            json.key("requests")
            json.beginArray()
            for record in records { record.write(to: &json) }
            json.endArray()
            json.endObject()
            try console.output.write(json: String(decoding: json.bytes, as: UTF8.self) + "\n")
            return
        }
        guard !records.isEmpty else { return console.remark("no requests are known here yet") }
        let output = console.output
        try output.write(RequestList.table(records).rendered(width: output.columns, style: output.style))
    }
}
