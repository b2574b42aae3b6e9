internal import ArgumentParser
internal import Aurelis

/// `aurelis keys rotate`: a new secret for a key that stays the same.
struct KeysRotateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Give a key a new secret and print it, once.",
        discussion: """
            What the key may, and whose its requests are, stays. The old secret ends at
            once, or after --grace.

            Examples:
              KEY=$(aurelis keys rotate ci --grace 24h)
              aurelis keys rotate ci
            """
    )

    @Argument(help: "The key's public name, or what you call it.", completion: .keys)
    var name: String

    @Option(
        parsing: .unconditional,
        help: .init("How long the old secret is good beside the new; default: not at all.", valueName: "time"),
        transform: LifetimeArgument.read
    )
    var grace: LifetimeArgument?

    @OptionGroup
    var options: KeysOptions

    func run() async throws {
        let console = options.output.console()
        let store = try options.store(console)
        let now = WallClock.system.millisecondsSinceEpoch
        let name = try KeyStore.name(in: name)
        let grace = grace?.duration ?? .zero
        let (key, text) = try store.update("key_rotated") { book, random in
            try book.rotate(name, grace: grace, at: now, using: &random)
        }
        try KeyPrinter(now: now).printNew(key, text, json: options.json, on: console)
        let old =
            grace > .zero ? "the old one is good for \(grace.readable) more" : "the old one is refused from now on"
        console.remark("the new secret of \(key.id) is shown this once; \(old)")
    }
}
