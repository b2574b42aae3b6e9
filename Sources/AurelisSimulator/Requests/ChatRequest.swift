internal import AurelisJSON

/// A chat completion request, read and checked as the platform would.
struct ChatRequest: Sendable {
    struct Tool: Sendable {
        var name: String
        var parameters: JSONValue?
    }

    enum ToolChoice: Sendable, Hashable {
        case auto
        case none
        case required
        case function(String)
    }

    enum Format: Sendable {
        case text
        case object
        case schema(JSONValue)
    }

    var stream = false
    /// Where the choices' texts come from: the last user message.
    var question = ""
    /// The last message of the assistant, when the conversation ends with one.
    var prefill: String?
    var endsWithToolResult = false
    var promptTokens = 0
    var maximumTokens: Int?
    var stop: [String] = []
    var choices = 1
    var tools: [Tool] = []
    var toolChoice = ToolChoice.auto
    var format = Format.text
    /// How many alternatives each token is to have; nil: no probabilities at all.
    var alternatives: Int?
    var seed: Int?
    /// Whether the chunks before the last carry `usage: null`.
    var includesUsage = false

    static let maximumChoices = 16
    static let maximumAlternatives = 20
    static let maximumStops = 4

    /// Reads and checks a request.
    ///
    /// - Throws: the answer of a platform that refuses it.
    init(reading body: JSONDocument, for model: SimulatedModel) throws(PlatformError) {
        var fields = FieldReader(body, model: model)
        try readMessages(body["messages"], model: model, &fields)
        try readSampling(model: model, &fields)
        try readTools(body, &fields)
        try readFormat(body["response_format"], &fields)
        if stream {
            guard let options = body["stream_options"], !options.isNull else { return }
            includesUsage = options["include_usage"]?.bool ?? false
        }
    }

    private mutating func readSampling(model: SimulatedModel, _ fields: inout FieldReader) throws(PlatformError) {
        stream = try fields.bool("stream") ?? false
        let limit = try fields.int("max_tokens", in: 1...Int.max)
        let completionLimit = try fields.int("max_completion_tokens", in: 1...Int.max)
        let temperature = try fields.double("temperature", in: model.isOpenAI ? 0...2 : 0...1)
        let topP = try fields.double("top_p", in: 0...1)
        _ = try fields.double("frequency_penalty", in: -2...2)
        _ = try fields.double("presence_penalty", in: -2...2)
        if model.isReasoning {
            if limit != nil { throw .maxTokensUnsupported }
            if let temperature, temperature != 1 {
                throw .unsupportedValue(parameter: "temperature", value: fields.spelling("temperature"))
            }
            if let topP, topP != 1 {
                throw .unsupportedValue(parameter: "top_p", value: fields.spelling("top_p"))
            }
        }
        maximumTokens = completionLimit ?? limit
        choices = try fields.int("n", in: 1...Self.maximumChoices) ?? 1
        seed = try fields.int("seed", in: Int.min...Int.max)
        stop = try fields.stop(maximum: Self.maximumStops)
        let wanted = try fields.int("top_logprobs", in: 0...Self.maximumAlternatives)
        if try fields.bool("logprobs") ?? false { alternatives = wanted ?? 0 }
    }

    private mutating func readTools(_ body: JSONDocument, _ fields: inout FieldReader) throws(PlatformError) {
        if let list = body["tools"], !list.isNull {
            guard list.kind == .array else { throw fields.invalid("tools", "expected an array") }
            promptTokens += list.raw.count / 4
            for tool in list.elements {
                guard let function = tool["function"], let name = function["name"]?.string, !name.isEmpty else {
                    throw fields.invalid("tools", "each tool needs a function with a name")
                }
                tools.append(Tool(name: name, parameters: function["parameters"]))
            }
        }
        guard let choice = body["tool_choice"], !choice.isNull else { return }
        switch choice.string {
        case "auto": toolChoice = .auto
        case "none": toolChoice = .none
        case "required": toolChoice = .required
        default:
            guard let name = choice["function"]?["name"]?.string, tools.contains(where: { $0.name == name }) else {
                throw fields.invalid("tool_choice", "expected auto, none, required, or one of the tools")
            }
            toolChoice = .function(name)
        }
        if toolChoice != .none, tools.isEmpty {
            throw fields.invalid("tool_choice", "only allowed when tools are specified")
        }
    }

    private mutating func readFormat(_ value: JSONValue?, _ fields: inout FieldReader) throws(PlatformError) {
        guard let value, !value.isNull else { return }
        switch value["type"]?.string {
        case "text": format = .text
        case "json_object":
            guard !fields.model.isOpenAI || fields.mentionsJSON else {
                throw fields.invalid(
                    "messages",
                    "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'."
                )
            }
            format = .object
        case "json_schema":
            guard let schema = value["json_schema"]?["schema"], schema.kind == .object else {
                throw fields.invalid("response_format.json_schema", "expected an object with name and schema")
            }
            promptTokens += schema.raw.count / 4
            format = .schema(schema)
        default: throw fields.invalid("response_format.type", "expected text, json_object or json_schema")
        }
    }
}
