internal import AurelisJSON

/// What a request needs of a model: read from its body, and only when a candidate's facts make it matter.
struct RequestNeeds: Sendable {
    let capabilities: ModelCapabilities
    private let body: JSONDocument
    /// Fewer tokens the prompt cannot have; counted when it matters.
    private var leastTokens: Int?

    init(of call: ModelCall) {
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
        let tokens = leastTokens ?? PromptTokens(of: body).estimate.least
        leastTokens = tokens
        return tokens > limit ? .tooLong(tokens: tokens, limit: limit) : nil
    }

    /// What speaks against a model.
    enum Obstacle: CustomStringConvertible {
        case lacks(ModelCapabilities)
        case tooLong(tokens: Int, limit: Int)

        var description: String {
            switch self {
            case .lacks(let missing): "it cannot do \(missing.names.joined(separator: ", "))"
            case .tooLong(let tokens, let limit): "the prompt has at least \(tokens) tokens, and it takes \(limit)"
            }
        }
    }
}
