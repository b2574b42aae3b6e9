import ArgumentParser
import Foundation
import Testing

@testable import AurelisCommand

@Suite("Help of every command")
struct HelpTests {
    /// The words of every command that is shown, such as `config import`.
    static let commands: [[String]] = {
        func walk(_ command: any ParsableCommand.Type, _ path: [String]) -> [[String]] {
            let configuration = command.configuration
            guard configuration.shouldDisplay else { return [] }
            return [path]
                + configuration.subcommands.flatMap { walk($0, path + [$0.configuration.commandName ?? "?"]) }
        }
        return walk(AurelisTool.self, [])
    }()

    private func help(_ words: [String]) throws -> String {
        var command: any ParsableCommand.Type = AurelisTool.self
        for word in words {
            command = try #require(command.configuration.subcommands.first { $0.configuration.commandName == word })
        }
        return HelpText.folded(AurelisTool.helpMessage(for: command, columns: 80))
    }

    @Test("shows how it is used, by an example that runs this very command", arguments: commands)
    func example(words: [String]) throws {
        let text = try help(words)
        let command = (["aurelis"] + words).joined(separator: " ")
        let lines = text.split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("  ") && $0.contains(command) && !$0.contains("USAGE") }, "\(text)")
        #expect(text.contains("USAGE: "))
    }

    @Test("fits into eighty columns", arguments: commands)
    func width(words: [String]) throws {
        for line in try help(words).split(separator: "\n") {
            #expect(line.displayWidth <= 80, "\(line)")
        }
    }

    @Test("no line of what is told of a command is broken into two, least of all an example", arguments: commands)
    func unbroken(words: [String]) throws {
        var command: any ParsableCommand.Type = AurelisTool.self
        for word in words {
            command = try #require(command.configuration.subcommands.first { $0.configuration.commandName == word })
        }
        let lines = try help(words).split(separator: "\n").map(String.init)
        for line in command.configuration.discussion.split(separator: "\n") {
            #expect(lines.contains(String(line)), "\(line)")
        }
    }

    @Test("values that an option takes are listed once")
    func valuesOnce() throws {
        let text = try help(["ask"]).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for values in [CachePolicyArgument.allValueStrings, StrategyArgument.allValueStrings] {
            #expect(text.components(separatedBy: values.joined(separator: ", ")).count == 2)
        }
    }

    @Test("there are as many as the specification names, and none is told of in an example that is not there")
    func all() throws {
        let names = Set(Self.commands.compactMap(\.first))
        let wanted = [
            "ask", "chat", "batch", "plan", "serve", "models", "quota", "auth", "keys", "cache", "audit", "why",
            "replay", "simulate", "demo", "config", "completions", "manual", "usage",
        ]
        #expect(names.isSuperset(of: wanted))
    }

    @Test("whoever can print JSON calls the flag --json, and colours can always be left out", arguments: commands)
    func sameFlags(words: [String]) throws {
        let text = try help(words)
        if text.contains("SUBCOMMANDS") { return }
        // What prints a list, a state or an answer prints it for programs too.
        let others: Set = [
            "serve", "simulate", "demo", "completions", "manual", "replay record", "replay serve", "config init",
            "config import", "config pins", "auth login", "auth logout", "auth rotate", "audit export", "batch",
            "cache clear",
        ]
        let name = words.joined(separator: " ")
        #expect(text.contains("--json") || others.contains(name), "\(name)")
        #expect(text.contains("--no-color"), "\(words)")
    }
}

@Suite("The manual page")
struct ManualPageTests {
    private func page() throws -> String {
        ManualPage(try ToolDescription(json: AurelisTool._dumpHelp()), version: "1.2.3").text
    }

    @Test("has every command, with its options and examples")
    func commands() throws {
        let text = try page()
        for words in HelpTests.commands where !words.isEmpty {
            let title = ".SS \"aurelis " + Roff.escaped(words.joined(separator: " ")) + "\""
            #expect(text.contains(title + "\n"), "\(title)")
        }
        #expect(text.contains(".TH AURELIS 1"))
        #expect(text.contains("\\-\\-prompt\\-file <file>"))
        #expect(text.contains("aurelis chat \\-\\-simulate"))
    }

    @Test("has every exit status")
    func statuses() throws {
        let text = try page()
        for (status, _) in ExitStatusTable.rows { #expect(text.contains(".TP\n\\fB\(status)\\fR\n")) }
    }

    @Test("no text is taken for a command of the formatter")
    func escaping() {
        #expect(Roff.escaped(".SH x") == "\\&.SH x")
        #expect(Roff.escaped("'a\\b-c") == "\\(aqa\\eb\\-c")
        #expect(Roff.escaped("≥") == "\\[u2265]")
        var roff = Roff()
        roff.discussion("Words.\n.in words\n\nExamples:\n  .one\n  two")
        #expect(roff.output == "Words.\n\\&.in words\n.PP\nExamples:\n.PP\n.RS 4\n.nf\n\\&.one\ntwo\n.fi\n.RE\n")
    }
}
