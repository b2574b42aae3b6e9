internal import AurelisJSON

/// An answer to a chat request, before it takes the form of a document or a stream.
struct ChatAnswer: Sendable {
    struct ToolCall: Sendable {
        var id: String
        var name: String
        var arguments: String
    }

    struct Choice: Sendable {
        var content: String?
        var toolCall: ToolCall?
        var finishReason: String
        var tokens: Int
        var isFiltered = false
    }

    var identity: AnswerIdentity
    var model: SimulatedModel
    var choices: [Choice] = []
    var promptTokens: Int
    /// What a reasoning model says it thought.
    var reasoning: String?
    /// How many alternatives each token has; nil: no probabilities.
    var alternatives: Int?
    /// Whether each chunk has a member for the usage.
    var includesUsage: Bool

    var completionTokens: Int { choices.reduce(0) { $0 + $1.tokens } }

    /// Answers a request.
    ///
    /// - Parameters:
    ///   - conversation: a number that stands for the conversation, for the id.
    ///   - outputLimit: the most tokens that the plan gives.
    init(to request: ChatRequest, conversation: UInt64, model: SimulatedModel, seed: UInt64, outputLimit: Int) {
        identity = AnswerIdentity(question: conversation, model: model)
        self.model = model
        promptTokens = request.promptTokens
        alternatives = request.alternatives
        includesUsage = request.includesUsage
        let phrase = SimulationPhrase(in: request.question)
        if phrase.reasons { reasoning = "The question is short, so the simulated thinking is, too." }
        let limit = min(request.maximumTokens ?? .max, outputLimit)
        for index in 0..<request.choices {
            let choiceSeed = Self.seed(seed, request.seed, choice: index)
            if let tool = request.calledTool {
                choices.append(Self.call(tool, identity: identity, index: index, seed: choiceSeed, limit: limit))
            } else {
                choices.append(Self.text(request, phrase, model: model, seed: choiceSeed, limit: limit))
            }
        }
    }

    private static func seed(_ seed: UInt64, _ requested: Int?, choice: Int) -> UInt64 {
        var hash = StableHash(seed: seed)
        if let requested { hash.combine(UInt64(bitPattern: Int64(requested))) }
        if choice > 0 { hash.combine(UInt64(choice)) }
        return hash.value
    }

    private static func call(
        _ tool: ChatRequest.Tool,
        identity: AnswerIdentity,
        index: Int,
        seed: UInt64,
        limit: Int
    ) -> Choice {
        let arguments = tool.parameters.map { SchemaSample($0, seed: seed, scope: .required).text } ?? "{}"
        let kept = SimpleTokenizer.prefix(arguments, tokens: limit)
        let id = "call_" + identity.id.dropFirst("chatcmpl-".count) + String(index)
        return Choice(
            toolCall: ToolCall(id: id, name: tool.name, arguments: kept.text),
            finishReason: kept.isWhole ? "tool_calls" : "length",
            tokens: kept.count
        )
    }

    private static func text(
        _ request: ChatRequest,
        _ phrase: SimulationPhrase,
        model: SimulatedModel,
        seed: UInt64,
        limit: Int
    ) -> Choice {
        var text: String
        switch request.format {
        case .schema(let schema): text = SchemaSample(schema, seed: seed, scope: .everything).text
        case .object: text = object(AnswerText(question: request.question, model: model, seed: seed).text, model)
        case .text:
            text = AnswerText(question: request.question, model: model, seed: seed).text
            if let length = phrase.length { text = AnswerText.stretched(text, tokens: length, seed: seed) }
            if let prefill = request.prefill { text = continuation(of: prefill, in: text) }
        }
        for stop in request.stop { text = text.cut(before: stop) }
        let kept = SimpleTokenizer.prefix(text, tokens: limit)
        if phrase.filtersOutput {
            let half = SimpleTokenizer.prefix(kept.text, tokens: kept.count / 2)
            return Choice(content: half.text, finishReason: "content_filter", tokens: half.count, isFiltered: true)
        }
        return Choice(content: kept.text, finishReason: kept.isWhole ? "stop" : "length", tokens: kept.count)
    }

    private static func object(_ text: String, _ model: SimulatedModel) -> String {
        var json = JSONWriter()
        json.object { json in
            json.field("simulated", true)
            json.field("model", model.id)
            json.field("answer", text)
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// What follows `prefill`: the rest of the text when it begins so, else the text from as far in as the prefill
    /// reaches, because another model's words have another continuation.
    private static func continuation(of prefill: String, in text: String) -> String {
        if text.utf8.starts(with: prefill.utf8) {
            return String(decoding: text.utf8.dropFirst(prefill.utf8.count), as: UTF8.self)
        }
        let passed = SimpleTokenizer.prefix(text, tokens: SimpleTokenizer.count(prefill))
        return passed.isWhole
            ? " That is all." : String(decoding: text.utf8.dropFirst(passed.text.utf8.count), as: UTF8.self)
    }
}

extension ChatRequest {
    /// The tool to be called: a forced one, else one that the question names, else the first. After a tool's result
    /// the model answers in words, unless a call is required.
    fileprivate var calledTool: Tool? {
        switch toolChoice {
        case .none: nil
        case .function(let name): tools.first { $0.name == name }
        case .auto where endsWithToolResult: nil
        case .auto, .required: tools.first { question.contains($0.name) } ?? tools.first
        }
    }
}

extension String {
    /// The text up to the first occurrence of another.
    fileprivate func cut(before stop: String) -> String {
        utf8.firstRange(of: stop.utf8).map { String(self[..<$0.lowerBound]) } ?? self
    }
}
