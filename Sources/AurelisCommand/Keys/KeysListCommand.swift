internal import ArgumentParser
internal import Aurelis

/// `aurelis keys list`: all keys and what they may.
struct KeysListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the keys, what they are for, and how much they may use.",
        discussion: """
            Examples:
              aurelis keys list
              aurelis keys list --all --json | jq -r '.keys[] | select(.usable|not).id'
            """
    )

    @Flag(help: "List those that were revoked or have expired too.")
    var all = false

    @OptionGroup
    var options: KeysOptions

    func run() async throws {
        let console = options.output.console()
        let store = try options.store(console)
        let now = WallClock.system.millisecondsSinceEpoch
        let known = try store.book().keys
        let keys = known.filter { all || $0.isUsable(at: now) }
        guard !keys.isEmpty || options.json else {
            let others = known.isEmpty ? "" : " (\(known.count) revoked or expired; --all lists them)"
            return console.remark("there are no keys\(others); `aurelis keys create NAME` makes one")
        }
        try KeyPrinter(now: now).print(keys, json: options.json, on: console.output)
        if let remark = Self.remark(hidden: known.count - keys.count) { console.remark(remark) }
    }

    /// What is said of keys that are not listed; nil: there are none.
    static func remark(hidden: Int) -> String? {
        guard hidden > 0 else { return nil }
        return "\(hidden) revoked or expired \(hidden == 1 ? "key is" : "keys are") not listed; --all lists them too"
    }
}
