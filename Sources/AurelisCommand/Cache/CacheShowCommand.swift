internal import ArgumentParser
internal import Aurelis
internal import AurelisJSON

/// `aurelis cache show`: one kept answer.
struct CacheShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one kept answer, by its key or the beginning of it.",
        discussion: """
            Example:
              aurelis cache show 3f9a1c
            """
    )

    @Argument(help: .init("The key, or so many of its digits that only one answer has them.", valueName: "key"))
    var key: String

    @OptionGroup
    var options: CacheOptions

    func validate() throws {
        guard (1...64).contains(key.count), key.allSatisfy({ "0123456789abcdef".contains($0) }) else {
            throw ValidationError("a key has 64 hexadecimal digits; `aurelis cache list` shows the first 12")
        }
    }

    func run() async throws {
        let (json, prefix) = (options.json, key)
        try await options.withDesk { desk, console in
            let entries = try await desk.entries(of: CacheSelectionArgument(prefix: prefix), in: nil, limit: 2)
            let list = CachedAnswerList(entries)
            guard !list.isEmpty else {
                throw CommandFailure(.failure, "no kept answer has a key that begins with \(prefix)")
            }
            guard let facts = list.only else {
                throw CommandFailure(.failure, "several kept answers have keys that begin with \(prefix)")
            }
            guard let found = try await desk.answer(for: facts.key) else {
                throw CommandFailure(.failure, "the answer \(prefix) has just gone, or cannot be opened")
            }
            try Self.show(found, json: json, on: console.output)
        }
    }

    private static func show(
        _ found: (facts: CacheFacts, layer: CacheLayer, document: JSONFragment),
        json: Bool,
        on output: TextOutput
    ) throws {
        if json {
            var writer = JSONWriter()
            writer.beginObject()
            found.facts.writeMembers(to: &writer)
            writer.field("layer", found.layer.rawValue)
            writer.key("answer")
            writer.fragment(found.document)
            writer.endObject()
            return try output.write(json: String(decoding: writer.bytes, as: UTF8.self) + "\n")
        }
        let facts = found.facts
        let now = WallClock.system.millisecondsSinceEpoch
        var lines = [
            ("key", facts.key.description), ("given", TimeOfDay.of(milliseconds: facts.created, withDate: true)),
            ("age", "\(facts.age(at: now).briefly), served for \(facts.lifetime.briefly) at most"),
            ("by", "\(facts.model) at \(facts.provider), for \(facts.task.rawValue)"), ("from", found.layer.rawValue),
        ]
        if !facts.tags.isEmpty { lines.append(("tags", facts.tags.joined(separator: ", "))) }
        if !facts.tenant.isEmpty { lines.append(("tenant", facts.tenant)) }
        for (label, text) in lines {
            let padded = label + String(repeating: " ", count: 8 - label.count)
            try output.write(output.style(.quiet, padded) + TerminalSanitizer.singleLine(text) + "\n")
        }
        try output.write("\n")
        var printer = AnswerPrinter(output)
        try printer.print(Self.text(of: found.document))
        try printer.finish()
    }

    /// The text of a completion; the JSON of anything else.
    private static func text(of document: JSONFragment) -> String {
        guard let answer = try? JSONDocument(document.bytes, limits: .response),
            let text = answer["choices"]?[0]?["message"]?["content"]?.string, !text.isEmpty
        else { return document.description }
        return text
    }
}
