internal import AurelisJSON
internal import Synchronization

/// A whole answer as a stream, for a server that ignored `stream`: the answer was paid for and is not thrown away.
final class WholeAnswerStream: ProviderStream {
    private let events: Mutex<[ProviderEvent]>

    /// The answer in three events: content, finish reason with usage, `[DONE]`.
    ///
    /// - Throws: when the document is no chat completion.
    init(_ document: JSONDocument) throws(ModelError) {
        try AnswerValidator.validate(document, of: .chatCompletion)
        let content = try Self.chunk(of: document) { choice in
            [("delta", Self.delta(choice["message"])), ("finish_reason", .null)]
        }
        let finish = try Self.chunk(of: document, with: document["usage"]) { choice in
            // A whole answer has come to its end, whether or not it says why.
            let reason = choice["finish_reason"].flatMap { $0.kind == .string ? $0 : nil }
            return [("delta", .object([])), ("finish_reason", reason.map(JSONFragment.raw) ?? "stop")]
        }
        events = Mutex([.done, finish, content])
    }

    func next() async throws(ModelError) -> ProviderEvent? { events.withLock { $0.popLast() } }

    func cancel() { events.withLock { $0 = [] } }

    private static func chunk(
        of document: JSONDocument,
        with usage: JSONValue? = nil,
        _ members: (JSONValue) -> [(String, JSONFragment)]
    ) throws(ModelError) -> ProviderEvent {
        var choices: [JSONFragment] = []
        for choice in document["choices"]?.elements ?? .empty {
            choices.append(.object([("index", .int(choice["index"]?.int ?? choices.count))] + members(choice)))
        }
        var chunk: [(String, JSONFragment)] = []
        for name in ["id", "created", "model"] {
            if let value = document[name] { chunk.append((name, .raw(value))) }
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
