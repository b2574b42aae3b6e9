internal import AurelisJSON

/// What a request needs of a model: read from its body, and only when a candidate's facts make it matter.
struct RequestNeeds: Sendable {
    let capabilities: ModelCapabilities
    private let body: JSONDocument
    private let tokenizers: ModelTokenizers
    /// The tokens of the prompt by each tokenizer, or without one; counted when it matters.
    private var tokens: [Int?: TokenEstimate] = [:]

    init(of call: ModelCall, tokenizers: ModelTokenizers = ModelTokenizers()) {
        var needs: ModelCapabilities = call.stream ? .streaming : []
        if let tools = call.body["tools"], tools.kind == .array, tools[0] != nil { needs.insert(.tools) }
        if call.body["response_format"]?["type"]?.stringEquals("json_schema") == true { needs.insert(.jsonSchema) }
        if let messages = call.body["messages"], messages.kind == .array {
            for message in messages.elements {
                if let content = message["content"], Self.hasImage(content) { needs.insert(.vision) }
            }
        }
        capabilities = needs
        body = call.body
        self.tokenizers = tokenizers
    }

    private static func hasImage(_ content: JSONValue) -> Bool {
        guard content.kind == .array else { return false }
        return content.elements.contains { $0["type"]?.stringEquals("image_url") == true }
    }

    /// Why a model cannot serve the request; nil when nothing that is known speaks against it.
    mutating func obstacle(for model: ProviderModel) -> Obstacle? {
        if let known = model.capabilities {
            let missing = capabilities.subtracting(known)
            if !missing.isEmpty { return .lacks(missing) }
        }
        // No token is shorter than a byte.
        guard let limit = model.inputLimit, body.bytes.count > limit else { return nil }
        let tokens = tokens(for: model.id)
        return tokens.least > limit ? .tooLong(tokens, limit: limit) : nil
    }

    private mutating func tokens(for model: ModelID) -> TokenEstimate {
        let index = tokenizers.index(of: model)
        if let known = tokens[index] { return known }
        let counted = PromptTokens(of: body, by: index.map { tokenizers[$0] }).estimate
        tokens[index] = counted
        return counted
    }

    /// What speaks against a model.
    enum Obstacle: CustomStringConvertible {
        case lacks(ModelCapabilities)
        case tooLong(TokenEstimate, limit: Int)

        var description: String {
            switch self {
            case .lacks(let missing): "it cannot do \(missing.names.joined(separator: ", "))"
            case .tooLong(let tokens, let limit):
                "the prompt has \(tokens.isExact ? "" : "at least ")\(tokens.least) tokens, and it takes \(limit)"
            }
        }
    }
}
