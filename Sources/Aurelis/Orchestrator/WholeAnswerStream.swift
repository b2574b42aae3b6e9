internal import AurelisJSON
internal import Synchronization

/// A whole answer as a stream, for a server that ignored `stream`: the answer was paid for and is not thrown away.
final class WholeAnswerStream: ProviderStream {
    private let events: Mutex<[ProviderEvent]>

    /// The answer as a stream.
    ///
    /// - Parameter includesUsage: whether the caller asked for a chunk of its own for the usage.
    /// - Throws: when the document is no chat completion.
    init(_ document: JSONDocument, includesUsage: Bool) throws(ModelError) {
        let events = try Self.events(of: document, includesUsage: includesUsage)
        self.events = Mutex(events.reversed())
    }

    /// The answer in its events: content, finish reason, `[DONE]`; the usage in a chunk of its own, or with the finish
    /// reason, where nobody stumbles over a chunk without choices.
    ///
    /// - Throws: when the document is no chat completion.
    static func events(of document: JSONDocument, includesUsage: Bool = true) throws(ModelError) -> [ProviderEvent] {
        try AnswerValidator.validate(document, of: .chatCompletion)
        let content = try Self.chunk(of: document) { choice in
            let others = choice.members.filter { !["index", "message", "finish_reason"].contains($0.key) }
            return [("delta", Self.delta(choice["message"]))] + others.map { ($0.key, .raw($0.value)) }
                + [("finish_reason", .null)]
        }
        let usage = document["usage"].flatMap { $0.isNull ? nil : $0 }
        let finish = try Self.chunk(of: document, with: includesUsage ? nil : usage) { choice in
            // A whole answer has come to its end, whether or not it says why.
            let reason = choice["finish_reason"].flatMap { $0.kind == .string ? $0 : nil }
            return [("delta", .object([])), ("finish_reason", reason.map(JSONFragment.raw) ?? "stop")]
        }
        guard includesUsage, let usage else { return [content, finish, .done] }
        return [content, finish, try Self.chunk(of: document, with: usage), .done]
    }

    func next() async throws(ModelError) -> ProviderEvent? { events.withLock { $0.popLast() } }

    func cancel() { events.withLock { $0 = [] } }

    private static func chunk(
        of document: JSONDocument,
        with usage: JSONValue? = nil,
        _ members: ((JSONValue) -> [(String, JSONFragment)])? = nil
    ) throws(ModelError) -> ProviderEvent {
        var choices: [JSONFragment] = []
        if let members {
            for choice in document["choices"]?.elements ?? .empty {
                let index = JSONFragment.int(choice["index"]?.int ?? choices.count)
                choices.append(.object([("index", index)] + members(choice)))
            }
        }
        var chunk: [(String, JSONFragment)] = []
        for (name, value) in document.root.members where !["object", "choices", "usage"].contains(name) {
            chunk.append((name, .raw(value)))
        }
        chunk += [("object", "chat.completion.chunk"), ("choices", .array(choices))]
        if let usage { chunk.append(("usage", .raw(usage))) }
        do { return ProviderEvent(try JSONDocument(JSONFragment.object(chunk).bytes, limits: .response)) } catch {
            throw ModelError(.upstream, "the provider's answer cannot be read: \(error)", code: "invalid_answer")
        }
    }

    /// A message as a delta: its tool calls need their places.
    private static func delta(_ message: JSONValue?) -> JSONFragment {
        guard let message else { return .object([]) }
        return .object(
            message.members.map { key, value in
                guard key == "tool_calls", value.kind == .array else { return (key, .raw(value)) }
                let calls = value.elements.enumerated().map { index, call in
                    JSONFragment.object([("index", .int(index))] + call.members.map { ($0.key, .raw($0.value)) })
                }
                return (key, .array(calls))
            }
        )
    }
}
