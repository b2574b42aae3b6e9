internal import AurelisJSON

/// What a request needs of a model: read from its body, and only when a candidate's facts make it matter.
struct RequestNeeds: Sendable {
    let capabilities: ModelCapabilities
    /// Fewer tokens the prompt cannot have.
    let leastTokens: Int

    init(of call: ModelCall) {
        var needs: ModelCapabilities = call.stream ? .streaming : []
        if let tools = call.body["tools"], tools.kind == .array, tools[0] != nil { needs.insert(.tools) }
        if call.body["response_format"]?["type"]?.stringEquals("json_schema") == true { needs.insert(.jsonSchema) }
        var text = Self.text(in: call.body["input"])
        if let messages = call.body["messages"], messages.kind == .array {
            for message in messages.elements {
                guard let content = message["content"] else { continue }
                text += Self.text(in: content)
                if Self.hasImage(content) { needs.insert(.vision) }
            }
        }
        capabilities = needs
        leastTokens = text / Self.mostBytesPerToken
    }

    /// Prose takes about four bytes a token, code with its long runs of spaces more; beyond eight nothing that people
    /// send has been seen. What is refused by this bound would have been refused by the provider.
    private static let mostBytesPerToken = 8

    /// The bytes of the text in a message's content, which is a text or a list of parts.
    private static func text(in value: JSONValue?) -> Int {
        guard let value else { return 0 }
        switch value.kind {
        case .string: return max(0, value.raw.count - 2)
        case .array: return value.elements.reduce(0) { $0 + text(in: $1.kind == .object ? $1["text"] : $1) }
        default: return 0
        }
    }

    private static func hasImage(_ content: JSONValue) -> Bool {
        guard content.kind == .array else { return false }
        return content.elements.contains { $0["type"]?.stringEquals("image_url") == true }
    }

    /// Why a model cannot serve the request; nil when nothing that is known speaks against it.
    func obstacle(for model: ProviderModel) -> Obstacle? {
        if let known = model.capabilities {
            let missing = capabilities.subtracting(known)
            if !missing.isEmpty { return .lacks(missing) }
        }
        if let limit = model.inputLimit, leastTokens > limit { return .tooLong(tokens: leastTokens, limit: limit) }
        return nil
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
