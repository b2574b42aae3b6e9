internal import ArgumentParser
internal import AurelisApp

/// `aurelis config import`: another gateway's configuration, as one of ours.
struct ConfigImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make a configuration of what another gateway was told.",
        discussion: """
            Reads a configuration of the LiteLLM proxy and prints one of Aurelis. What has
            no counterpart stands in a comment, with its line; credentials are never
            copied: one that stands in the file becomes the name of a variable.

            Examples:
              aurelis config import litellm.yaml -o aurelis.yaml
              aurelis config import litellm.yaml | less
            """
    )

    @Argument(help: "The file; - is stdin.", completion: .file(extensions: ["yaml", "yml"]))
    var file: String

    @Option(help: "Whose it is.")
    var from = Origin.litellm

    @Option(
        name: .shortAndLong,
        help: .init("Write to this file instead of stdout.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"])
    )
    var output: String?

    @Flag(help: "Replace the file when there is one.")
    var force = false

    @OptionGroup
    var options: OutputOptions

    /// Whose configuration it is.
    enum Origin: String, ExpressibleByArgument, CaseIterable { case litellm }

    func run() async throws {
        let console = options.console()
        let name = file == "-" ? "standard input" : file
        let imported = try LiteLLMImport.imported(try InputFile.text(file), file: name)
        if let output, output != "-" {
            try OutputFile.write(imported.yaml, to: output, replacing: force)
            console.remark("wrote \(output)")
        } else {
            try console.output.write(imported.yaml)
        }
        let models = imported.models == 1 ? "1 model" : "\(imported.models) models"
        let providers = imported.providers == 1 ? "1 provider" : "\(imported.providers) providers"
        console.remark("\(models) of \(providers)")
        if imported.notes > 0 {
            let what = imported.notes == 1 ? "1 setting has" : "\(imported.notes) settings have"
            console.warn("\(what) no counterpart or mean something else here; comments at the end say which")
        }
        for key in imported.keys {
            let other = key.other.map { ", for \($0) holds another" } ?? ""
            console.warn("a key stands in \(name) and is not copied: export it as \(key.variable)\(other)")
        }
    }
}
