public import Aurelis
public import AurelisJSON

/// Answers in the OpenAI shape, for scripts.
public enum ScriptedAnswer {
    /// A whole chat completion.
    public static func completion(_ text: String, model: String = "scripted", finishReason: String = "stop") -> [UInt8]
    {
        var json = JSONWriter()
        json.beginObject()
        json.field("id", "chatcmpl-scripted")
        json.field("object", "chat.completion")
        json.field("created", 1_700_000_000)
        json.field("model", model)
        json.key("choices")
        json.beginArray()
        json.beginObject()
        json.field("index", 0)
        json.key("message")
        json.beginObject()
        json.field("role", "assistant")
        json.field("content", text)
        json.endObject()
        json.field("finish_reason", finishReason)
        json.endObject()
        json.endArray()
        json.key("usage")
        writeUsage(of: text, to: &json)
        json.endObject()
        return json.bytes
    }

    /// A whole answer from JSON text.
    public static func document(_ json: String) throws(ModelError) -> JSONDocument {
        do { return try JSONDocument(Array(json.utf8)) } catch { throw ModelError(.upstream, "script: \(error)") }
    }

    /// A vector, in the OpenAI shape.
    public static let embedding = Array(
        #"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.25,-0.5]}],"model":"scripted","usage":{"prompt_tokens":1,"total_tokens":1}}"#
            .utf8
    )

    /// A stream's events: the role, each word, the finish reason, the usage, `[DONE]`.
    public static func events(_ text: String, model: String = "scripted") throws(ModelError) -> [ProviderEvent] {
        var events = [
            try chunk {
                $0.field("role", "assistant"); $0.field("content", "")
            }
        ]
        for word in words(of: text) { events.append(try chunk { $0.field("content", word) }) }
        events.append(try chunk(finishReason: "stop") { _ in })
        events.append(try usageChunk(of: text))
        events.append(.done)
        return events
    }

    /// One event with a delta.
    public static func chunk(
        finishReason: String? = nil,
        delta: (inout JSONWriter) -> Void
    ) throws(ModelError) -> ProviderEvent {
        var json = JSONWriter()
        json.beginObject()
        json.field("id", "chatcmpl-scripted")
        json.field("object", "chat.completion.chunk")
        json.key("choices")
        json.beginArray()
        json.beginObject()
        json.field("index", 0)
        json.key("delta")
        json.beginObject()
        delta(&json)
        json.endObject()
        json.key("finish_reason")
        if let finishReason { json.string(finishReason) } else { json.null() }
        json.endObject()
        json.endArray()
        json.endObject()
        return try event(json.bytes)
    }

    /// An event that carries some JSON.
    public static func event(_ json: [UInt8]) throws(ModelError) -> ProviderEvent {
        do {
            return ProviderEvent(raw: Array("data: ".utf8) + json + Array("\n\n".utf8), chunk: try JSONDocument(json))
        } catch {
            throw ModelError(.upstream, "script: \(error)")
        }
    }

    private static func usageChunk(of text: String) throws(ModelError) -> ProviderEvent {
        var json = JSONWriter()
        json.beginObject()
        json.field("object", "chat.completion.chunk")
        json.key("choices")
        json.beginArray()
        json.endArray()
        json.key("usage")
        writeUsage(of: text, to: &json)
        json.endObject()
        return try event(json.bytes)
    }

    private static func writeUsage(of text: String, to json: inout JSONWriter) {
        let count = words(of: text).count
        json.beginObject()
        json.field("prompt_tokens", 7)
        json.field("completion_tokens", count)
        json.field("total_tokens", 7 + count)
        json.endObject()
    }

    /// The words, each with the space before it, so that they join to the text.
    private static func words(of text: String) -> [String] {
        var words: [String] = []
        for character in text {
            if words.isEmpty || character == " " { words.append("") }
            words[words.count - 1].append(character)
        }
        return words
    }
}
