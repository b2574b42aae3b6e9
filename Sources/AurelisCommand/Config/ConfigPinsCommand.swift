internal import ArgumentParser
internal import AurelisApp
internal import NIOPosix

/// `aurelis config pins`: the keys of a server, ready for `pins`.
struct ConfigPinsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pins",
        abstract: "Print the pins of a server's keys: its own first, its root's last.",
        discussion: """
            Shakes hands with the server, by way of the configured proxy and with the
            configured roots, and sends nothing. What is printed is what this network
            shows: compare it with another one before you rely on it. A pin of the
            server's own key ends with that key; one of its authority outlives it.

            Example:
              aurelis config pins https://api.openai.com
            """
    )

    @Argument(help: .init("The server's address, with https.", valueName: "url"))
    var url: String

    @OptionGroup
    var configuration: ConfigurationOptions

    @OptionGroup
    var output: OutputOptions

    func run() async throws {
        let console = output.console()
        var overrides = configuration.overrides
        overrides.needsProvider = false
        let session = try Session.load(overrides, logLevel: output.logLevel, console: console)
        let keys: [ServerKeys.Key]
        do {
            keys = try await ServerKeys.keys(
                of: url,
                session.configuration,
                environment: session.environment,
                eventLoopGroup: MultiThreadedEventLoopGroup.singleton
            )
        } catch {
            guard let reason = ServerKeys.reason(error) else { throw error }
            throw CommandFailure(.provider, reason)
        }
        for key in keys {
            try console.output.write("\(key.pin)  \(TerminalSanitizer.singleLine(key.subject))\n")
        }
    }
}
