/// A manual page in the language of man(7).
///
///     ManualPage(description, version: "0.1.0").text
struct ManualPage {
    private let tool: ToolDescription.Command
    private let version: String

    init(_ description: ToolDescription, version: String) {
        tool = description.command
        self.version = version
    }

    var text: String {
        var roff = Roff()
        roff.line(".TH \(tool.name.uppercased()) 1 \"\" \"\(tool.name) \(version)\" \"User Commands\"")
        roff.section("NAME")
        roff.text("\(tool.name) - \(Self.withoutStop(tool.abstract))")
        roff.section("SYNOPSIS")
        roff.line(".B \(tool.name)")
        roff.line("\\fIcommand\\fR [\\fIoptions\\fR]")
        roff.section("DESCRIPTION")
        roff.discussion(tool.discussion)
        roff.section("COMMANDS")
        for command in tool.subcommands { add(command, after: tool.name, to: &roff) }
        Self.addEnvironment(to: &roff)
        return roff.output
    }

    private func add(_ command: ToolDescription.Command, after path: String, to roff: inout Roff) {
        let path = "\(path) \(command.name)"
        roff.subsection(path)
        roff.text(command.abstract)
        if command.subcommands.isEmpty { synopsis(command, path, to: &roff) }
        roff.discussion(command.discussion)
        for argument in command.arguments where !Self.isEverywhere(argument) { add(argument, to: &roff) }
        for subcommand in command.subcommands { add(subcommand, after: path, to: &roff) }
    }

    private func synopsis(_ command: ToolDescription.Command, _ path: String, to roff: inout Roff) {
        var words = [path]
        if command.arguments.contains(where: { $0.kind != .positional }) { words.append("[options]") }
        for argument in command.arguments where argument.kind == .positional {
            let name = "<\(argument.valueName)>" + (argument.isRepeating ? " ..." : "")
            words.append(argument.isOptional ? "[\(name)]" : name)
        }
        roff.example([words.joined(separator: " ")])
    }

    private func add(_ argument: ToolDescription.Argument, to roff: inout Roff) {
        let value = argument.kind == .option ? " <\(argument.valueName)>" : ""
        let names = argument.names.map { $0 + value }
        let title = argument.kind == .positional ? "<\(argument.valueName)>" : names.joined(separator: ", ")
        let standard = argument.defaultValue.map { " Default: \($0)." } ?? ""
        let values = argument.values.isEmpty ? "" : " One of: \(argument.values.joined(separator: ", "))."
        roff.entry(title, argument.help + values + standard)
    }

    /// Those that every command has: told once, at the end.
    private static func isEverywhere(_ argument: ToolDescription.Argument) -> Bool {
        !["--help", "--version", "--no-color", "--verbose"].allSatisfy { !argument.names.contains($0) }
    }

    private static func addEnvironment(to roff: inout Roff) {
        roff.section("OPTIONS OF EVERY COMMAND")
        roff.entry("-h, --help", "Show help.")
        roff.entry("-v, --verbose", "Say more on stderr; -vv and -vvv say still more.")
        roff.entry("--no-color", "Write no colours.")
        roff.section("EXIT STATUS")
        for (status, meaning) in ExitStatusTable.rows { roff.entry("\(status)", meaning) }
        roff.section("ENVIRONMENT")
        for (name, meaning) in EnvironmentTable.rows { roff.entry(name, meaning) }
        roff.section("FILES")
        roff.entry("./aurelis.yaml", "The configuration of a project.")
        roff.entry("$XDG_CONFIG_HOME/aurelis/aurelis.yaml", "The configuration of a user; below ~/.config by default.")
        roff.entry("$XDG_DATA_HOME/aurelis/", "Data, readable by its owner only; ~/.local/share/aurelis by default.")
    }

    private static func withoutStop(_ text: String) -> String { text.hasSuffix(".") ? String(text.dropLast()) : text }
}

/// The exit statuses, for the manual and its readers.
enum ExitStatusTable {
    static let rows: [(Int32, String)] = [
        (CommandStatus.success.rawValue, "Done."),
        (CommandStatus.failure.rawValue, "It failed."),
        (CommandStatus.usage.rawValue, "The command line is wrong."),
        (CommandStatus.configuration.rawValue, "The configuration is wrong."),
        (CommandStatus.authentication.rawValue, "A credential is missing, refused, or lacks a right."),
        (CommandStatus.provider.rawValue, "No provider gave an answer."),
        (CommandStatus.refused.rawValue, "A content filter or a security rule refused."),
        (CommandStatus.exhausted.rawValue, "A limit or quota is reached; the message says until when."),
        (CommandStatus.interrupted.rawValue, "Interrupted."),
        (CommandStatus.brokenPipe.rawValue, "Nobody reads the output any more; nothing is said about it."),
        (CommandStatus.terminated.rawValue, "Terminated."),
    ]
}

/// The environment variables, for the manual and its readers.
enum EnvironmentTable {
    static let rows: [(String, String)] = [
        ("AURELIS_CONFIG", "The configuration file, and no other; like --config."),
        ("AURELIS_DATA_DIR", "Where data is kept; like --data-dir."),
        ("AURELIS_PROVIDER, AURELIS_BASE_URL, AURELIS_API_KEY_ENV", "Who answers; like the options of these names."),
        ("AURELIS_SIMULATE", "1: the embedded simulator answers."),
        ("AURELIS_CACHE", "How to go about kept answers; like --cache."),
        ("AURELIS_LOG_LEVEL", "What is logged on stderr: trace, debug, info, warning, error."),
        ("AURELIS_ADMIN_KEY", "The key for the control plane of a running gateway."),
        ("AURELIS_PASSPHRASE_FILE", "A file with the passphrase of the credential store."),
        ("NO_COLOR", "Set to anything: no colours are written."),
        ("CLICOLOR", "0: no colours are written."),
    ]
}
