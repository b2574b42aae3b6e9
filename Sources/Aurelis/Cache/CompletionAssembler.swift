internal import AurelisJSON

/// Puts the chunks of a stream together to the completion that they tell.
///
/// Texts are joined as they stand between their quotes, so that a character that two chunks share is whole again; fields
/// that Aurelis does not know are joined when they are texts, and else the last one counts.
struct CompletionAssembler {
    private var head: [(String, JSONFragment)] = []
    private var choices: [Int: Choice] = [:]
    private var usage: JSONValue?
    /// No answer has more; a larger index is a defect of the provider.
    fileprivate static let maximumIndex = 1_024
    /// What a chunk has for itself, or differently than the whole has it.
    private static let ofChunks: Set<String> = ["object", "choices", "usage", "obfuscation"]

    fileprivate struct Choice {
        var message = Fields()
        var calls: [Int: Call] = [:]
        var finishReason: JSONValue?
        var logprobs = Fields()
    }

    fileprivate struct Call {
        var fields = Fields()
        var function = Fields()
    }

    /// Takes the next chunk.
    mutating func append(_ chunk: JSONDocument) {
        for (name, value) in chunk.root.members where !value.isNull && !Self.ofChunks.contains(name) {
            if !head.contains(where: { $0.0 == name }) { head.append((name, .raw(value))) }
        }
        if let usage = chunk["usage"], !usage.isNull { self.usage = usage }
        for choice in chunk["choices"]?.elements ?? .empty {
            let index = choice["index"]?.int ?? 0
            guard (0..<Self.maximumIndex).contains(index) else { continue }
            choices[index, default: Choice()].append(choice)
        }
    }

    /// The completion.
    ///
    /// - Throws: when the chunks tell none.
    func completion() throws(ModelError) -> JSONDocument {
        var members = head
        members.insert(("object", "chat.completion"), at: min(1, members.count))
        members.append(
            ("choices", .array(choices.sorted { $0.key < $1.key }.map { $0.value.fragment(index: $0.key) }))
        )
        if let usage { members.append(("usage", .raw(usage))) }
        do { return try JSONDocument(JSONFragment.object(members).bytes, limits: .response) } catch {
            throw ModelError(
                .upstream,
                "the provider's stream cannot be put together: \(error)",
                code: "invalid_answer"
            )
        }
    }
}

extension CompletionAssembler.Choice {
    mutating func append(_ choice: JSONValue) {
        if let reason = choice["finish_reason"], !reason.isNull { finishReason = reason }
        for (name, value) in choice["logprobs"]?.members ?? .empty { logprobs.join(name, value) }
        for (name, value) in choice["delta"]?.members ?? .empty where name != "tool_calls" { message.join(name, value) }
        guard let pieces = choice["delta"]?["tool_calls"], pieces.kind == .array else { return }
        for piece in pieces.elements {
            let index = piece["index"]?.int ?? 0
            guard (0..<CompletionAssembler.maximumIndex).contains(index) else { continue }
            for (name, value) in piece.members where name != "index" && name != "function" {
                calls[index, default: .init()].fields.join(name, value)
            }
            for (name, value) in piece["function"]?.members ?? .empty {
                calls[index, default: .init()].function.join(name, value)
            }
        }
    }

    func fragment(index: Int) -> JSONFragment {
        var message = message
        message.ensure("role", "assistant")
        message.ensure("content", .null)
        var members = message.members
        if !calls.isEmpty {
            let fragments = calls.sorted { $0.key < $1.key }.map { _, call in
                JSONFragment.object(call.fields.members + [("function", .object(call.function.members))])
            }
            members.append(("tool_calls", .array(fragments)))
        }
        var choice: [(String, JSONFragment)] = [("index", .int(index)), ("message", .object(members))]
        if !logprobs.members.isEmpty { choice.append(("logprobs", .object(logprobs.members))) }
        choice.append(("finish_reason", finishReason.map(JSONFragment.raw) ?? .null))
        return .object(choice)
    }
}

/// The members of an object that comes in pieces, in the order in which they began.
private struct Fields {
    private enum Value {
        /// A text, as it stands between its quotes.
        case text([UInt8])
        case list([JSONFragment])
        case other(JSONFragment)
    }

    private var names: [String] = []
    private var values: [String: Value] = [:]

    /// What is sent once or again and again, but not in pieces.
    private static let unjoined: Set<String> = ["role", "id", "type"]

    mutating func join(_ name: String, _ value: JSONValue) {
        guard !value.isNull else { return }
        if values[name] == nil { names.append(name) }
        switch value.kind {
        case .string:
            var text: [UInt8] = []
            if !Self.unjoined.contains(name), case .text(let before) = values[name] {
                // Taken out first: a text that is held twice would be copied with every piece.
                values[name] = nil
                text = before
            }
            text += value.raw.dropFirst().dropLast()
            values[name] = .text(text)
        case .array:
            var list: [JSONFragment] = []
            if case .list(let before) = values[name] { list = before }
            list += value.elements.map(JSONFragment.raw)
            values[name] = .list(list)
        case .object, .number, .bool, .null:
            values[name] = .other(.raw(value))
        }
    }

    mutating func ensure(_ name: String, _ value: JSONFragment) {
        guard values[name] == nil else { return }
        names.append(name)
        values[name] = .other(value)
    }

    var members: [(String, JSONFragment)] {
        names.compactMap { name in
            switch values[name] {
            case .text(let text): (name, .quoted(text))
            case .list(let list): (name, .array(list))
            case .other(let value): (name, value)
            case nil: nil
            }
        }
    }
}

extension JSONFragment {
    /// A text that is escaped already; `null` for one that is not.
    fileprivate static func quoted(_ escaped: [UInt8]) -> JSONFragment {
        let quote = UInt8(ascii: "\"")
        return (try? JSONFragment(validating: [quote] + escaped + [quote], limits: .response)) ?? .null
    }
}
