internal import AurelisJSON

/// One event of a stream.
struct StreamEvent: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        /// The chunk with the filter's report on the prompt.
        case opening
        case role
        case content
        case finish
        case usage
        case done
    }

    var kind: Kind
    /// What stands behind `data: `.
    var data: [UInt8]
    /// How many tokens it carries, for delays by token.
    var tokens = 0
    var choice = 0
}

extension ChatAnswer {
    /// Tokens that a chunk carries at least, unless the text ends; it goes on to the end of the word.
    private static let tokensPerChunk = 3

    /// The answer as the events of a stream, in the platform's order.
    var events: [StreamEvent] {
        var events = [StreamEvent(kind: .opening, data: openingChunk)]
        for (index, choice) in choices.enumerated() { append(choice, index: index, to: &events) }
        events.append(StreamEvent(kind: .usage, data: usageChunk))
        events.append(StreamEvent(kind: .done, data: Array("[DONE]".utf8)))
        return events
    }

    private func append(_ choice: Choice, index: Int, to events: inout [StreamEvent]) {
        events.append(
            StreamEvent(
                kind: .role,
                data: chunk(index) { json in
                    json.field("content", orNull: choice.toolCall == nil ? "" : nil)
                    json.field("refusal", orNull: nil)
                    json.field("role", "assistant")
                },
                choice: index
            )
        )
        if let reasoning {
            let data = chunk(index) { $0.field("reasoning_content", reasoning) }
            events.append(StreamEvent(kind: .content, data: data, choice: index))
        }
        if let content = choice.content { append(content, index: index, to: &events) }
        if let call = choice.toolCall { append(call, index: index, to: &events) }
        let end = chunk(index, finishReason: choice.finishReason, filtered: choice.isFiltered) { _ in }
        events.append(StreamEvent(kind: .finish, data: end, choice: index))
    }

    private func append(_ content: String, index: Int, to events: inout [StreamEvent]) {
        let tokens = SimpleTokenizer.tokens(content)
        var start = 0
        while start < tokens.count {
            let end = Self.endOfChunk(in: tokens, from: start)
            let part = Array(tokens[start..<end])
            let text = String(content[part[0].startIndex..<part[part.count - 1].endIndex])
            let data = chunk(index, tokens: part, from: start) { $0.field("content", text) }
            events.append(StreamEvent(kind: .content, data: data, tokens: part.count, choice: index))
            start = end
        }
    }

    private func append(_ call: ToolCall, index: Int, to events: inout [StreamEvent]) {
        let opening = chunk(index) { json in
            Self.writeCall(to: &json) { json in
                json.field("id", call.id)
                json.field("type", "function")
                json.object("function") { json in
                    json.field("name", call.name)
                    json.field("arguments", "")
                }
            }
        }
        events.append(StreamEvent(kind: .content, data: opening, choice: index))
        let tokens = SimpleTokenizer.tokens(call.arguments)
        for start in stride(from: 0, to: tokens.count, by: Self.tokensPerChunk) {
            let part = tokens[start..<min(start + Self.tokensPerChunk, tokens.count)]
            let data = chunk(index) { json in
                Self.writeCall(to: &json) { json in
                    json.object("function") { $0.field("arguments", part.joined()) }
                }
            }
            events.append(StreamEvent(kind: .content, data: data, tokens: part.count, choice: index))
        }
    }

    private static func writeCall(to json: inout JSONWriter, _ write: (inout JSONWriter) -> Void) {
        json.key("tool_calls")
        json.array(of: 0..<1) { json, index in
            json.field("index", index)
            write(&json)
        }
    }

    /// Words are kept whole: a chunk ends where the next token begins with white space.
    private static func endOfChunk(in tokens: [Substring], from start: Int) -> Int {
        var end = min(start + tokensPerChunk, tokens.count)
        let latest = min(start + 4 * tokensPerChunk, tokens.count)
        while end < latest, let first = tokens[end].utf8.first, first > UInt8(ascii: " ") { end += 1 }
        return end
    }

    private var openingChunk: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.key("choices")
            json.array(of: 0..<0) { _, _ in }
            json.field("created", 0)
            json.field("id", "")
            json.field("model", "")
            json.field("object", "")
            writePromptFilter(to: &json)
        }
        return json.bytes
    }

    private var usageChunk: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.key("choices")
            json.array(of: 0..<0) { _, _ in }
            writeIdentity(to: &json)
            json.key("usage")
            writeUsage(to: &json)
        }
        return json.bytes
    }

    private func chunk(
        _ index: Int,
        finishReason: String? = nil,
        filtered: Bool = false,
        tokens: [Substring] = [],
        from position: Int = 0,
        delta: (inout JSONWriter) -> Void
    ) -> [UInt8] {
        var json = JSONWriter(capacity: 512)
        json.object { json in
            json.key("choices")
            json.array(of: 0..<1) { json, _ in
                json.field("content_filter_results", ContentFilterReport.completion(filtered: filtered))
                json.object("delta", delta)
                json.field("finish_reason", orNull: finishReason)
                json.field("index", index)
                writeProbabilities(of: tokens, from: position, to: &json)
            }
            writeIdentity(to: &json)
            if includesUsage {
                json.key("usage")
                json.null()
            }
        }
        return json.bytes
    }

    private func writeIdentity(to json: inout JSONWriter) {
        json.field("created", AnswerIdentity.created)
        json.field("id", identity.id)
        json.field("model", model.answerName)
        json.field("object", "chat.completion.chunk")
        json.field("system_fingerprint", identity.fingerprint)
    }
}
