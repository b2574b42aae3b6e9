internal import ArgumentParser
internal import Aurelis

/// A name that stands where a command's does and is none: told with the command that was probably meant. The parser itself
/// says no more than "unexpected argument", and shows the help of everything when it is asked for help on what is not there.
enum UnknownCommand {
    /// What is wrong with a command line's command; nil: nothing.
    static func failure(in arguments: [String]) -> CommandFailure? {
        let asksForHelp = arguments.first == "help"
        return failure(in: Array(asksForHelp ? arguments.dropFirst() : arguments[...]), AurelisTool.self, ["aurelis"])
    }

    private static func failure(
        in words: [String],
        _ command: any ParsableCommand.Type,
        _ path: [String]
    ) -> CommandFailure? {
        let commands = command.configuration.subcommands
        guard let word = words.first, !word.hasPrefix("-"), !commands.isEmpty else { return nil }
        if let next = commands.first(where: { name($0) == word }) {
            return failure(in: Array(words.dropFirst()), next, path + [word])
        }
        // The parser's own: help, and what completes command lines. What a default command takes may be anything.
        guard word != "help", command.configuration.defaultSubcommand == nil else { return nil }
        let place = path.joined(separator: " ")
        let nearest = Suggestion.nearest(to: word, among: commands.filter { $0.configuration.shouldDisplay }.map(name))
        return CommandFailure(
            .usage,
            "there is no command `\(place) \(word)`",
            hint: nearest.map { "did you mean `\(place) \($0)`?" } ?? "`\(place) --help` lists the commands"
        )
    }

    private static func name(_ command: any ParsableCommand.Type) -> String { command.configuration.commandName ?? "" }
}
