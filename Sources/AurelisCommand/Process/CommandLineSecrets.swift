internal import Aurelis
internal import AurelisApp

/// What stands on a command line and must not be repeated by what is said of it: credentials, which are never arguments, but
/// which people try.
///
///     CommandLineSecrets(["auth", "login", "--provider", "sk-…"]).hidden(in: failure)      // "…" is neither …
struct CommandLineSecrets: Sendable {
    private let words: [String]
    private let takesNone: Bool

    init(_ arguments: [String]) {
        takesNone = arguments.first == "auth" && arguments.count > 2
        // Only here a credential is at hand; elsewhere arguments are models, files and prompts, which messages may name.
        guard arguments.first == "auth" else {
            words = []
            return
        }
        let values = arguments.dropFirst().map { argument in
            guard argument.hasPrefix("-"), let sign = argument.firstIndex(of: "=") else { return argument }
            return String(argument[argument.index(after: sign)...])
        }
        // The longest first: one may be a part of another.
        words = values.filter { $0.utf8.count > 3 && !Self.isPlain($0) }.sorted { $0.utf8.count > $1.utf8.count }
    }

    /// A failure without them, and without whatever else has the shape of a credential.
    func hidden(in failure: CommandFailure) -> CommandFailure {
        var failure = failure
        // No command of these has an argument, so whatever it is may be shown to nobody.
        if takesNone, failure.status == .usage, failure.message.lowercased().contains("unexpected argument") {
            failure.message = "Unexpected argument; a credential is never one: it is typed at the terminal or piped in"
        }
        failure.message = hidden(in: failure.message)
        failure.hints = failure.hints.map(hidden)
        return failure
    }

    private func hidden(in text: String) -> String {
        Redaction.standard.text(words.reduce(text) { $0.replacing($1, with: "…") })
    }

    /// Options, words and paths of files.
    private static func isPlain(_ argument: String) -> Bool {
        argument.hasPrefix("--") || argument.hasPrefix("/") || argument.hasPrefix("./") || argument.hasPrefix("~")
            || RepeatedText.isWord(argument, digits: 0)
    }
}
