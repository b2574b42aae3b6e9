extension ProviderPreset {
    /// By which member a request limits the length of its answer: OpenAI has renamed it, and not everybody followed.
    package enum AnswerLimit: String, Sendable, Hashable, CaseIterable {
        /// As the caller has it.
        case asSent = "as_sent"
        /// `max_tokens`; `max_completion_tokens` is refused, or passed over without a word.
        case maxTokens = "max_tokens"
    }
}
