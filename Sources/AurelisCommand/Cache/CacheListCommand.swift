internal import ArgumentParser
internal import Aurelis
internal import AurelisJSON

/// `aurelis cache list`: the kept answers, a line each.
struct CacheListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List kept answers, the newest first.",
        discussion: """
            Examples:
              aurelis cache list --task codeReview
              aurelis cache list --limit 1000 --json | jq -r .entries[].key
            """
    )

    @OptionGroup
    var which: CacheSelectionOptions

    @Option(help: "Only this layer: \(CacheLayer.allCases.map(\.rawValue).joined(separator: ", ")).")
    var layer: CacheLayerArgument?

    @Option(help: .init("How many answers at most.", valueName: "count"))
    var limit = 50

    @OptionGroup
    var options: CacheOptions

    func validate() throws {
        guard (1...10_000).contains(limit) else { throw ValidationError("--limit must be 1 to 10000") }
    }

    func run() async throws {
        let (json, selection, layer, limit) = (options.json, which.selection, layer?.layer, limit)
        try await options.withDesk { desk, console in
            let answers = CachedAnswerList(try await desk.entries(of: selection, in: layer, limit: limit))
            if json {
                try console.output.write(json: answers.json + "\n")
            } else if answers.isEmpty {
                console.remark("no such answer is kept")
            } else {
                let now = WallClock.system.millisecondsSinceEpoch
                let table = answers.table(limit: limit, at: now)
                try console.output.write(table.rendered(width: console.output.columns, style: console.output.style))
            }
        }
    }
}

/// The name of a layer.
struct CacheLayerArgument: WordArgument {
    let layer: CacheLayer

    init?(argument: String) {
        guard let layer = CacheLayer(rawValue: argument) else { return nil }
        self.layer = layer
    }

    static var allValueStrings: [String] { CacheLayer.allCases.map(\.rawValue) }
}

/// Kept answers, each with the layers that have it.
struct CachedAnswerList {
    private var answers: [(facts: CacheFacts, layers: [CacheLayer])] = []

    init(_ entries: [(layer: CacheLayer, facts: CacheFacts)]) {
        var places: [CacheKey: Int] = [:]
        for (layer, facts) in entries {
            if let place = places[facts.key] {
                answers[place].layers.append(layer)
            } else {
                places[facts.key] = answers.count
                answers.append((facts, [layer]))
            }
        }
        answers.sort { $0.facts.created > $1.facts.created }
    }

    var isEmpty: Bool { answers.isEmpty }

    var count: Int { answers.count }

    /// The only answer; nil when there are more or none.
    var only: CacheFacts? { answers.count == 1 ? answers[0].facts : nil }

    func table(limit: Int, at now: Int64) -> TextTable {
        var table = TextTable([
            .init("key"), .init("age", .right), .init("left", .right), .init("task"), .init("model", folds: true),
            .init("provider"), .init("tags", folds: true), .init("tenant"), .init("layers", folds: true),
        ])
        for (facts, layers) in answers.prefix(limit) {
            let left = Duration.milliseconds(facts.created - now) + facts.lifetime
            table.add(
                .init(String(facts.key.description.prefix(12)), .quiet),
                .init(facts.age(at: now).briefly),
                left > .zero ? .init(left.briefly) : .init("over", .quiet),
                .init(facts.task.rawValue),
                .init(facts.model, .name),
                .init(facts.provider.rawValue),
                .init(facts.tags.joined(separator: ", ")),
                .init(facts.tenant),
                .init(layers.map(\.rawValue).joined(separator: ", "))
            )
        }
        return table
    }

    var json: String {
        var json = JSONWriter()
        json.beginObject()
        json.array("entries", answers) { answer, json in
            answer.facts.writeMembers(to: &json)
            json.key("layers")
            json.beginArray()
            for layer in answer.layers { json.string(layer.rawValue) }
            json.endArray()
        }
        json.endObject()
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
