internal import AurelisJSON

extension ModelRequest {
    /// The request as an OpenAI chat completion body. What is nil is left out: a `null` is refused by some providers.
    ///
    /// The model is left out too when none is named; the provider that is chosen writes its own name for it.
    func body(stream: Bool) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        if let model { json.field("model", model.spelling) }
        json.key("messages")
        json.beginArray()
        for message in messages { message.write(to: &json) }
        json.endArray()
        if let temperature { json.field("temperature", temperature) }
        if let topP { json.field("top_p", topP) }
        if let maxTokens { json.field("max_tokens", maxTokens) }
        if !stop.isEmpty {
            json.key("stop")
            json.beginArray()
            for text in stop { json.string(text) }
            json.endArray()
        }
        if let seed { json.field("seed", seed) }
        if !tools.isEmpty {
            json.key("tools")
            json.beginArray()
            for tool in tools { tool.write(to: &json) }
            json.endArray()
        }
        toolChoice?.write(to: &json)
        responseFormat?.write(to: &json)
        if let user { json.field("user", user) }
        // Usage is asked for by the provider that needs to be asked: some refuse `stream_options`.
        if stream { json.field("stream", true) }
        json.endObject()
        return json.bytes
    }
}

extension Message {
    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("role", role.rawValue)
        writeContent(to: &json)
        if !toolCalls.isEmpty {
            json.key("tool_calls")
            json.beginArray()
            for call in toolCalls {
                json.beginObject()
                json.field("id", call.id)
                json.field("type", "function")
                json.key("function")
                json.beginObject()
                json.field("name", call.name)
                json.field("arguments", call.arguments)
                json.endObject()
                json.endObject()
            }
            json.endArray()
        }
        if let toolCallID { json.field("tool_call_id", toolCallID) }
        json.endObject()
    }

    /// Plain text as a string, because not every provider takes a list of parts; a list only when there is more.
    private func writeContent(to json: inout JSONWriter) {
        json.key("content")
        if content.isEmpty { return json.null() }
        if content.count == 1, case .text(let text) = content[0] { return json.string(text) }
        json.beginArray()
        for part in content {
            json.beginObject()
            switch part {
            case .text(let text):
                json.field("type", "text")
                json.field("text", text)
            case .image(let url):
                json.field("type", "image_url")
                json.key("image_url")
                json.beginObject()
                json.field("url", url)
                json.endObject()
            }
            json.endObject()
        }
        json.endArray()
    }
}

extension Tool {
    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("type", "function")
        json.key("function")
        json.beginObject()
        json.field("name", name)
        if let description { json.field("description", description) }
        json.key("parameters")
        json.fragment(parameters)
        json.endObject()
        json.endObject()
    }
}

extension ToolChoice {
    fileprivate func write(to json: inout JSONWriter) {
        switch self {
        case .auto: json.field("tool_choice", "auto")
        case .none: json.field("tool_choice", "none")
        case .required: json.field("tool_choice", "required")
        case .function(let name):
            json.key("tool_choice")
            json.beginObject()
            json.field("type", "function")
            json.key("function")
            json.beginObject()
            json.field("name", name)
            json.endObject()
            json.endObject()
        }
    }
}

extension ResponseFormat {
    fileprivate func write(to json: inout JSONWriter) {
        json.key("response_format")
        json.beginObject()
        switch self {
        case .text: json.field("type", "text")
        case .jsonObject: json.field("type", "json_object")
        case .jsonSchema(let name, let schema, let strict):
            json.field("type", "json_schema")
            json.key("json_schema")
            json.beginObject()
            json.field("name", name)
            json.key("schema")
            json.fragment(schema)
            json.field("strict", strict)
            json.endObject()
        }
        json.endObject()
    }
}
