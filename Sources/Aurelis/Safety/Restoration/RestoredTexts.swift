internal import AurelisJSON

/// The texts of a streamed answer, each with the end of it that is held back: it may begin a placeholder.
struct RestoredTexts {
    /// A text of the answer: of which choice, and which of its fields.
    private struct Name: Hashable {
        let choice: Int
        /// Of which tool call the arguments are; nil: it is a field of the delta.
        let tool: Int?
        let field: String
    }

    private let restoration: SecretRestoration
    private var held: [Name: String] = [:]
    /// The last chunk, for its identity.
    private var model: JSONDocument?

    init(_ restoration: SecretRestoration) { self.restoration = restoration }

    /// The events that take the place of one.
    mutating func restored(_ event: ProviderEvent) -> [ProviderEvent] {
        if event.isRestart { held = [:] }
        guard let chunk = event.chunk else { return event.isDone ? rest() + [event] : [event] }
        if chunk["choices"]?.kind == .array { model = chunk }
        var edits: [(Range<Int>, [UInt8])] = []
        var finished: Set<Int> = []
        for choice in chunk["choices"]?.elements ?? .empty {
            let index = choice["index"]?.int ?? 0
            if let delta = choice["delta"] { collect(delta, of: index, into: &edits) }
            if let reason = choice["finish_reason"], !reason.isNull { finished.insert(index) }
        }
        let changed = edits.isEmpty ? event : Self.spliced(event, chunk, edits)
        let before = finished.isEmpty ? [] : rest { finished.contains($0) }
        return before + [changed]
    }

    /// What is held back, as events.
    mutating func rest(of choices: (Int) -> Bool = { _ in true }) -> [ProviderEvent] {
        guard let model else { return [] }
        let names = held.keys.filter { choices($0.choice) && held[$0] != "" }
            .sorted { ($0.choice, $0.tool ?? -1, $0.field) < ($1.choice, $1.tool ?? -1, $1.field) }
        return names.compactMap { name in
            guard let text = held.removeValue(forKey: name) else { return nil }
            return Self.event(name, text, like: model)
        }
    }

    private mutating func collect(_ delta: JSONValue, of choice: Int, into edits: inout [(Range<Int>, [UInt8])]) {
        for field in ["content", "reasoning_content", "reasoning", "refusal"] {
            guard let value = delta[field], value.kind == .string else { continue }
            restore(value, Name(choice: choice, tool: nil, field: field), .plain, into: &edits)
        }
        for call in delta["tool_calls"]?.elements ?? .empty {
            guard let value = call["function"]?["arguments"], value.kind == .string else { continue }
            let name = Name(choice: choice, tool: call["index"]?.int ?? 0, field: "arguments")
            restore(value, name, .json, into: &edits)
        }
    }

    private mutating func restore(
        _ value: JSONValue,
        _ name: Name,
        _ spelling: SecretRestoration.Spelling,
        into edits: inout [(Range<Int>, [UInt8])]
    ) {
        guard let piece = value.string else { return }
        let before = held[name] ?? ""
        guard !before.isEmpty || piece.utf8.contains(UInt8(ascii: "[")) else { return }
        let (text, rest) = restoration.restored(before + piece, spelling)
        held[name] = rest
        guard text != piece else { return }
        edits.append((value.raw.startIndex..<value.raw.endIndex, JSONFragment.string(text).bytes))
    }

    private static func spliced(
        _ event: ProviderEvent,
        _ chunk: JSONDocument,
        _ edits: [(Range<Int>, [UInt8])]
    ) -> ProviderEvent {
        var bytes = chunk.bytes
        for (range, text) in edits.sorted(by: { $0.0.lowerBound > $1.0.lowerBound }) {
            bytes.replaceSubrange(range, with: text)
        }
        guard let document = try? JSONDocument(bytes, limits: .response) else { return event }
        return self.event(document)
    }

    private static func event(_ name: Name, _ text: String, like model: JSONDocument) -> ProviderEvent {
        let value = JSONFragment.string(text)
        let delta: JSONFragment
        if let tool = name.tool {
            let function = JSONFragment.object([("arguments", value)])
            delta = .object([("tool_calls", .array([.object([("index", .int(tool)), ("function", function)])]))])
        } else {
            delta = .object([(name.field, value)])
        }
        var document = model
        let choice: [(String, JSONFragment)] = [
            ("index", .int(name.choice)), ("delta", delta), ("finish_reason", .null),
        ]
        document.set("choices", to: .array([.object(choice)]))
        document.remove("usage")
        return event(document)
    }

    private static func event(_ document: JSONDocument) -> ProviderEvent {
        // A line end would end the field; in JSON it is white space.
        let line = document.bytes.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }
        return ProviderEvent(raw: Array("data: ".utf8) + line + Array("\n\n".utf8), chunk: document)
    }
}
