internal import Aurelis
internal import AurelisJSON

/// Writes the members of a response's request as those of a chat completion, in their order.
struct ResponseMembers {
    private let body: JSONDocument
    private let hasTools: Bool

    init(of body: JSONDocument) {
        self.body = body
        hasTools = body["tools"].map { $0.kind != .array || $0[0] != nil } ?? false
    }

    /// - Throws: which member is not what it must be.
    func write(before messages: [JSONFragment], to json: inout JSONWriter) throws(ModelError) {
        for (name, value) in body.root.members where !value.isNull {
            switch name {
            case "input", "instructions", "store", "background", "truncation", "include", "max_tool_calls",
                "stream_options":
                // Said elsewhere, without meaning here, or refused unless it asks for what is done anyway.
                continue
            case "max_output_tokens":
                guard let limit = value.int, limit > 0 else {
                    throw .malformed(name, "must be a whole number from 1")
                }
                json.field("max_completion_tokens", value)
            case "tools": try write(tools: value, to: &json)
            case "tool_choice": try write(choice: value, to: &json)
            case "parallel_tool_calls":
                // Like the choice of one, without tools it is refused by many.
                if hasTools { json.field(name, value) }
            case "text": try write(text: value, to: &json)
            case "reasoning": try write(reasoning: value, to: &json)
            case "top_logprobs":
                guard let count = value.int, 0...20 ~= count else {
                    throw .malformed(name, "must be a whole number from 0 to 20")
                }
                if count > 0 { json.field(name, value) }
            default: json.field(name, value)
            }
        }
        if wantsLogprobs { json.field("logprobs", true) }
        json.field("messages", .array(messages))
    }

    private var wantsLogprobs: Bool {
        if let count = body["top_logprobs"]?.int, count > 0 { return true }
        return (body["include"]?.elements ?? .empty).contains { $0.stringEquals("message.output_text.logprobs") }
    }

    private func write(text: JSONValue, to json: inout JSONWriter) throws(ModelError) {
        guard text.kind == .object else { throw .malformed("text", "must be an object such as {\"format\": …}") }
        for (name, value) in text.members where !value.isNull {
            switch name {
            case "format": try write(format: value, to: &json)
            case "verbosity": json.field("verbosity", value)
            default: throw .unsupported("text.\(name.prefix(64))", "is not known here; leave it out")
            }
        }
    }

    private func write(format: JSONValue, to json: inout JSONWriter) throws(ModelError) {
        guard format.kind == .object, let type = format["type"] else {
            throw .malformed("text.format", "must be an object with a type")
        }
        switch type.string {
        // What everybody does who is not told otherwise; some refuse to be told.
        case "text": return
        case "json_object": json.field("response_format", ["type": "json_object"])
        case "json_schema":
            guard let name = format["name"], name.kind == .string else {
                throw .malformed("text.format.name", "must be a name for the schema, as a string")
            }
            guard let schema = format["schema"], schema.kind == .object else {
                throw .malformed("text.format.schema", "must be a JSON schema, as an object")
            }
            let members = format.members.filter { $0.key != "type" && !$0.value.isNull }
            let definition = JSONFragment.object(members.map { ($0.key, .raw($0.value)) })
            json.field("response_format", .object([("type", "json_schema"), ("json_schema", definition)]))
        default:
            throw .malformed(
                "text.format.type",
                "is \(type.quoted); it may be \"text\", \"json_object\" or \"json_schema\""
            )
        }
    }

    private func write(reasoning: JSONValue, to json: inout JSONWriter) throws(ModelError) {
        guard reasoning.kind == .object else {
            throw .malformed("reasoning", "must be an object such as {\"effort\": …}")
        }
        for (name, value) in reasoning.members where !value.isNull {
            switch name {
            case "effort": json.field("reasoning_effort", value)
            // Nobody tells one in chat completions, and a response is whole without.
            case "summary", "generate_summary": continue
            default: throw .unsupported("reasoning.\(name.prefix(64))", "is not known here; leave it out")
            }
        }
    }
}

extension ResponseMembers {
    private func write(tools: JSONValue, to json: inout JSONWriter) throws(ModelError) {
        guard tools.kind == .array else { throw .malformed("tools", "must be a list of tools") }
        guard hasTools else { return }
        json.key("tools")
        json.beginArray()
        var index = 0
        for tool in tools.elements {
            try Self.write(tool, at: "tools[\(index)]", to: &json)
            index += 1
        }
        json.endArray()
    }

    private static func write(_ tool: JSONValue, at place: String, to json: inout JSONWriter) throws(ModelError) {
        guard tool.kind == .object, let type = tool["type"], type.kind == .string else {
            throw .malformed(place, "must be an object with \"type\": \"function\"")
        }
        guard type.stringEquals("function") else {
            throw .unsupported(
                "\(place).type",
                "is \(type.quoted), and only tools of type \"function\" can be used: models behind Aurelis have no others"
            )
        }
        guard let name = tool["name"], name.kind == .string else {
            let hint = tool["function"] == nil ? "" : "; in this protocol it stands beside the type, not in 'function'"
            throw .malformed("\(place).name", "must be the function's name as a string\(hint)")
        }
        json.beginObject()
        json.field("type", "function")
        json.key("function")
        json.beginObject()
        for (name, value) in tool.members where name != "type" && !value.isNull { json.field(name, value) }
        json.endObject()
        json.endObject()
    }

    private func write(choice: JSONValue, to json: inout JSONWriter) throws(ModelError) {
        if choice.kind == .string {
            if hasTools { json.field("tool_choice", choice) }
            return
        }
        guard choice.kind == .object, let type = choice["type"] else {
            throw .malformed("tool_choice", "must be \"auto\", \"none\", \"required\" or an object with a type")
        }
        guard type.stringEquals("function") else {
            throw .unsupported(
                "tool_choice.type",
                "is \(type.quoted); it may only be \"function\". Send only the tools that may be used"
            )
        }
        guard let name = choice["name"], name.kind == .string else {
            throw .malformed("tool_choice.name", "must be the function's name as a string")
        }
        let function = JSONFragment.object([("name", .raw(name))])
        if hasTools { json.field("tool_choice", .object([("type", "function"), ("function", function)])) }
    }
}
