internal import ArgumentParser
internal import AurelisApp

/// `aurelis manual`: the man page, made of what the commands say of themselves.
struct ManualCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manual",
        abstract: "Print the manual page aurelis(1).",
        discussion: """
            `make install` puts it where man(1) looks for it.

            Example:
              aurelis manual | man -l -
            """
    )

    @OptionGroup
    var output: OutputOptions

    func run() throws {
        let description = try ToolDescription(json: AurelisTool._dumpHelp())
        let page = ManualPage(description, version: Version.current)
        try output.console().output.write(page.text)
    }
}
