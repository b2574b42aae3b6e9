internal import ArgumentParser
internal import Aurelis
internal import AurelisApp
internal import AurelisJSON
internal import Logging

/// `aurelis doctor`: everything that a gateway needs, and what to do about what is wrong.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check configuration, credentials, providers, clock, disk, Redis, TLS, ports; say what to do.",
        discussion: """
            Connections are made as far as the handshake, and nothing is asked of providers
            unless --online allows it. All checks run side by side, and none takes longer
            than eight seconds.

            Exit status: 0 when nothing fails (warnings are allowed), else 1.

            Examples:
              aurelis doctor
              aurelis doctor --online --provider openai
              aurelis doctor --json | jq -r '.checks[] | select(.verdict=="fail").advice'
            """
    )

    @Flag(help: "Print one JSON object.")
    var json = false

    @Flag(help: "Make no connection.")
    var offline = false

    @Flag(help: "Ask providers whether they take the credentials, and what time it is; costs no tokens.")
    var online = false

    @OptionGroup
    var provider: ProviderOptions

    @OptionGroup
    var output: OutputOptions

    func validate() throws {
        guard !(offline && online) else { throw ValidationError("--offline and --online exclude each other") }
    }

    func run() async throws {
        let console = output.console()
        let environment = ProcessEnvironment.current
        var logger = Logger(label: "aurelis") { RedactingLogHandler(StreamLogHandler.standardError(label: $0)) }
        logger.logLevel = output.logLevel ?? .error
        let doctor = Doctor(
            Self.loaded(provider.overrides, environment),
            fallback: Self.fallback(provider.overrides, environment),
            environment: environment,
            reach: offline ? .offline : online ? .requests : .handshakes,
            options: provider.configuration.words,
            logger: logger
        )
        let findings = try await Signals.interruptible { await doctor.run() }
        let out = console.output
        try json ? out.write(json: DoctorReport(findings).json + "\n") : out.write(DoctorReport(findings).text(out))
        guard !findings.contains(where: { $0.verdict == .fail }) else {
            throw ExitCode(CommandStatus.failure.rawValue)
        }
    }

    private static func loaded(
        _ overrides: ConfigurationOverrides,
        _ environment: [String: String]
    ) -> Result<LoadedConfiguration, ConfigurationError> {
        var overrides = overrides
        overrides.needsProvider = false
        do throws(ConfigurationError) { return .success(try Session.read(overrides, environment: environment)) } catch {
            return .failure(error)
        }
    }

    /// The defaults, with the data directory that would be used: what is looked at when the configuration is broken.
    private static func fallback(
        _ overrides: ConfigurationOverrides,
        _ environment: [String: String]
    ) -> Configuration {
        var plain = ConfigurationOverrides()
        plain.configFile = "/dev/null"
        plain.dataDirectory = overrides.dataDirectory ?? environment["AURELIS_DATA_DIR"]
        plain.needsProvider = false
        let places = environment.filter { ["HOME", "XDG_DATA_HOME"].contains($0.key) }
        return (try? Session.read(plain, environment: places).configuration) ?? Configuration()
    }
}
