internal import ArgumentParser
internal import Aurelis

/// `aurelis keys show`: all about one key.
struct KeysShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show all about one key, but for its secret.",
        discussion: """
            Examples:
              aurelis keys show ci
              aurelis keys show ci --json | jq .limits
            """
    )

    @Argument(help: "The key's public name, or what you call it.", completion: .keys)
    var name: String

    @OptionGroup
    var options: KeysOptions

    func run() async throws {
        let console = options.output.console()
        let key = try options.store(console).key(name)
        try KeyPrinter(now: WallClock.system.millisecondsSinceEpoch).print(key, json: options.json, on: console.output)
    }
}
