internal import AurelisJSON

extension ChatRequest {
    private static let roles: Set<String> = ["system", "developer", "user", "assistant", "tool"]
    /// Tokens that the frame of a message costs.
    private static let messageOverhead = 3
    /// Tokens that a picture costs, whatever its size.
    private static let imageTokens = 85

    /// Reads the conversation: its size, the question, and how it ends.
    mutating func readMessages(
        _ messages: JSONValue?,
        model: SimulatedModel,
        _ fields: inout FieldReader
    ) throws(PlatformError) {
        guard let messages, messages.kind == .array else { throw fields.invalid("messages", "expected an array") }
        promptTokens = Self.messageOverhead
        var index = 0
        var lastRole = ""
        var lastText = ""
        for message in messages.elements {
            guard message.kind == .object else { throw fields.invalid("messages.\(index)", "expected an object") }
            guard let role = message["role"]?.string, Self.roles.contains(role) else {
                throw fields.invalid(
                    "messages.\(index).role",
                    "expected one of system, developer, user, assistant, tool"
                )
            }
            lastRole = role
            lastText = try readContent(message["content"], of: index, role: role, model: model, &fields)
            if let calls = message["tool_calls"] { promptTokens += calls.raw.count / 4 }
            promptTokens += Self.messageOverhead + SimpleTokenizer.count(lastText)
            if role == "user" { question = lastText }
            index += 1
        }
        guard index > 0 else { throw fields.invalid("messages", "expected at least one message") }
        endsWithToolResult = lastRole == "tool"
        if lastRole == "assistant" {
            guard model.continuesAssistant else { throw .prefillUnsupported }
            prefill = lastText
        }
        if question.isEmpty, prefill == nil { question = lastText }
    }

    private mutating func readContent(
        _ content: JSONValue?,
        of index: Int,
        role: String,
        model: SimulatedModel,
        _ fields: inout FieldReader
    ) throws(PlatformError) -> String {
        guard let content, !content.isNull else {
            guard role == "assistant" else { throw fields.invalid("messages.\(index).content", "expected a string") }
            return ""
        }
        if let text = content.string {
            fields.note(text)
            return text
        }
        guard content.kind == .array else {
            throw fields.invalid("messages.\(index).content", "expected a string or an array")
        }
        var text = ""
        var part = 0
        for element in content.elements {
            let place = "messages.\(index).content.\(part)"
            switch element["type"]?.string {
            case "text":
                guard let piece = element["text"]?.string else { throw fields.invalid(place + ".text", "is missing") }
                fields.note(piece)
                text += piece
            case "image_url":
                guard element["image_url"]?["url"]?.string != nil else {
                    throw fields.invalid(place + ".image_url.url", "is missing")
                }
                guard model.seesImages else { throw .imagesUnsupported(parameter: place) }
                promptTokens += Self.imageTokens
            case "input_audio":
                guard model.inputs.contains("audio") else { throw fields.invalid(place, "audio is not supported") }
                promptTokens += Self.imageTokens
            case "refusal": break
            default: throw fields.invalid(place + ".type", "expected text, image_url or input_audio")
            }
            part += 1
        }
        return text
    }
}
