/// The tokens a provider counted for one answer.
public struct TokenUsage: Sendable, Hashable {
    /// Tokens of the prompt.
    public var prompt: Int
    /// Tokens of the answer.
    public var completion: Int
    /// Both together.
    public var total: Int { prompt + completion }

    /// A count of prompt and completion tokens.
    public init(prompt: Int, completion: Int) {
        self.prompt = prompt
        self.completion = completion
    }
}
