internal import ArgumentParser
internal import Aurelis

/// `aurelis keys revoke`: a key that opens nothing any more.
struct KeysRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "End a key for good, at a running gateway within a second.",
        discussion: """
            Example:
              aurelis keys revoke ci
            """
    )

    @Argument(help: "The key's public name, or what you call it.", completion: .keys)
    var name: String

    @OptionGroup
    var options: KeysOptions

    func run() async throws {
        let console = options.output.console()
        let store = try options.store(console)
        let now = WallClock.system.millisecondsSinceEpoch
        let name = try KeyStore.name(in: name)
        let (key, _) = try store.update("key_revoked") { book, _ in (try book.revoke(name, at: now), ()) }
        if options.json { try KeyPrinter(now: now).print(key, json: true, on: console.output) }
        console.remark(key.revoked == now ? "\(key.id) is revoked" : "\(key.id) was revoked before")
    }
}
