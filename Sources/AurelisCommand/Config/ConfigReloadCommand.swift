internal import ArgumentParser
internal import AurelisApp
internal import AurelisJSON

/// `aurelis config reload`: has a running gateway read its configuration again.
struct ConfigReloadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Have the running gateway read its configuration again, and print what changed.",
        discussion: """
            The gateway reads its own files and environment, as at SIGHUP. What cannot be
            used changes nothing: the exit status is 3, and file, line and setting are
            named. What takes a restart is said.

            Examples:
              aurelis config reload
              aurelis config reload --admin https://gateway.example.com:8788 --json
            """
    )

    @Option(help: .init("The gateway's control plane; default: as the configuration says.", valueName: "url"))
    var admin: String?

    @Flag(help: "Print the gateway's answer as JSON.")
    var json = false

    @OptionGroup
    var options: ConfigurationOptions

    @OptionGroup
    var output: OutputOptions

    func run() async throws {
        let console = output.console()
        var overrides = options.overrides
        overrides.needsProvider = false
        let gateway = try gateway(overrides, console)
        try await Signals.interruptible {
            guard let answer = try await gateway.send("POST", "/admin/configuration/reload") else {
                throw CommandFailure(
                    .failure,
                    "no gateway that could be told listens at \(gateway.address)",
                    hint: "name its control plane with --admin URL"
                )
            }
            if answer.status == 200, json {
                return try console.output.write(json: answer.document.root.description + "\n")
            }
            try Self.tell(answer, of: gateway.address, console)
        }
    }

    /// The gateway that the configuration leads to. A file that is wrong now is what the gateway is to say, not this command,
    /// as long as it is known whom to ask.
    private func gateway(_ overrides: ConfigurationOverrides, _ console: Console) throws -> ControlPlane {
        do {
            let session = try Session.load(overrides, logLevel: output.logLevel, console: console)
            return ControlPlane(
                named: admin,
                configuration: session.configuration,
                isRequired: true,
                remark: { console.remark($0) }
            )
        } catch let error as ConfigurationError {
            guard admin != nil else { throw error }
            return ControlPlane(named: admin, configuration: Configuration(), remark: { console.remark($0) })
        }
    }

    private static func tell(_ answer: ControlPlane.Answer, of address: String, _ console: Console) throws {
        let document = answer.document
        guard answer.status == 200 else {
            let message = document["error"]?["message"]?.string ?? "it answers with the status \(answer.status)"
            let isConfiguration = document["error"]?["code"]?.string == "invalid_configuration"
            throw CommandFailure(
                isConfiguration ? .configuration : .failure,
                isConfiguration
                    ? "the gateway at \(address) refuses the configuration, and nothing has changed:\n\(message)"
                    : "the gateway at \(address) did not read its configuration again: \(message)"
            )
        }
        let output = console.output
        func print(_ member: String, _ label: String, _ role: Style.Role) throws {
            for path in document[member]?.elements.compactMap(\.string) ?? [] {
                try output.write("\(output.style(role, label)) \(TerminalSanitizer.singleLine(path))\n")
            }
        }
        try print("changed", "changed", .good)
        try print("needs_restart", "needs a restart", .caution)
        console.remark(
            Self.conclusion(changed: document["changed"]?.count ?? 0, waiting: document["needs_restart"]?.count ?? 0)
        )
    }

    /// What holds now.
    static func conclusion(changed: Int, waiting: Int) -> String {
        switch (changed > 0, waiting > 0) {
        case (false, false): "the configuration is what it was"
        case (true, false): "the configuration is in effect"
        case (true, true): "the rest of the configuration is in effect"
        case (false, true): "nothing is in effect that was not before: what changed waits for the restart"
        }
    }
}
