internal import AurelisJSON

/// The tokens of a request's prompt: its messages with what the chat format adds, its tools, or the input of an embedding.
///
/// Texts are counted by the model's vocabulary where there is one. How a provider spells tools and answer formats out to
/// its model is its own affair: these stay an estimate.
struct PromptTokens {
    /// What each message costs beside its text, and the beginning of the answer.
    private static let message = TokenEstimate(exactly: 3)
    /// A picture has from 85 tokens (in low detail) to some thousands; its size is not looked at.
    private static let image = TokenEstimate(765, least: 85)

    private(set) var estimate = TokenEstimate()
    private(set) var hasImages = false

    private let tokenizer: BytePairTokenizer?

    init(of body: JSONDocument, by tokenizer: BytePairTokenizer? = nil) {
        self.tokenizer = tokenizer
        if let messages = body["messages"], messages.kind == .array {
            estimate = Self.message
            for message in messages.elements { add(message: message) }
        }
        if let input = body["input"] { add(input: input) }
        for field in ["tools", "functions", "response_format"] {
            if let value = body[field] { add(TokenEstimate(json: value.raw)) }
        }
    }

    private mutating func add(_ tokens: TokenEstimate) { estimate = estimate + tokens }

    private mutating func add(message: JSONValue) {
        add(Self.message)
        for (name, value) in message.members {
            switch name {
            case "role": add(TokenEstimate(exactly: 1))
            case "content": add(content: value)
            default: add(value.kind == .string ? text(value) : TokenEstimate(json: value.raw))
            }
        }
    }

    private mutating func add(content: JSONValue) {
        guard content.kind == .array else {
            if content.kind == .string { add(text(content)) }
            return
        }
        for part in content.elements {
            if part["type"]?.stringEquals("image_url") == true {
                hasImages = true
                add(Self.image)
            } else if let text = part["text"], text.kind == .string {
                add(self.text(text))
            }
        }
    }

    /// A text, several, or texts that are tokens already.
    private mutating func add(input: JSONValue) {
        switch input.kind {
        case .string: add(text(input))
        case .number: add(TokenEstimate(exactly: 1))
        case .array: for element in input.elements { add(input: element) }
        default: break
        }
    }

    private func text(_ value: JSONValue) -> TokenEstimate {
        if let tokenizer, let text = value.string { return TokenEstimate(exactly: tokenizer.count(text)) }
        return TokenEstimate(jsonString: value.raw.dropFirst().dropLast())
    }
}
