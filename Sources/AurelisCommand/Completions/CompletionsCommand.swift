internal import ArgumentParser

/// `aurelis completions`: what a shell needs to complete command lines.
struct CompletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions",
        abstract: "Print a script that completes command lines in your shell.",
        discussion: """
            It completes commands, options, files, and the names of models, tasks and keys.
            `make install` puts the scripts where shells look for them.

            Examples:
              source <(aurelis completions bash)          # in ~/.bashrc
              aurelis completions zsh > ~/.zfunc/_aurelis # a directory in $fpath
              aurelis completions fish > ~/.config/fish/completions/aurelis.fish
            """
    )

    @Argument(help: "Your shell: bash, zsh or fish.")
    var shell: ShellArgument

    @OptionGroup
    var output: OutputOptions

    func run() throws {
        let script = AurelisTool.completionScript(for: shell.shell)
        try output.console().output.write((shell.shell == .bash ? BashCompletion.mended(script) : script) + "\n")
    }
}

/// The name of a shell.
struct ShellArgument: WordArgument {
    let shell: CompletionShell

    init?(argument: String) {
        guard let shell = CompletionShell(rawValue: argument) else { return nil }
        self.shell = shell
    }

    static var allValueStrings: [String] { ["bash", "zsh", "fish"] }
}
