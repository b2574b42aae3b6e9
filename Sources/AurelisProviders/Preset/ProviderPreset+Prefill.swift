package import Aurelis

extension ProviderPreset {
    /// How a provider goes on with an answer that somebody else began.
    ///
    ///     settings.prefill = .init(style: .continueFinalMessage, answer: .continues)
    package struct Prefill: Sendable, Hashable {
        /// How a request ends with the beginning of an answer.
        package var style: Style
        /// What comes back.
        package var answer: AssistantPrefill

        /// A way to go on.
        package init(style: Style, answer: AssistantPrefill) {
            self.style = style
            self.answer = answer
        }

        /// How a request ends with the beginning of an answer.
        package enum Style: String, Sendable, Hashable, CaseIterable {
            /// The last message is the assistant's.
            case plain
            /// The same, and that message says `"prefix": true`, as Mistral wants it.
            case prefix
            /// As `plain`, and the body says `"continue_final_message": true`, as vLLM wants it.
            case continueFinalMessage = "continue_final_message"
        }
    }
}
