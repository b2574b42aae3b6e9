internal import AurelisJSON

/// Why an answer is not kept.
enum AnswerVerdict: String, Sendable, Hashable {
    /// It broke off at a limit.
    case truncated
    /// A filter or the model itself held it back.
    case filtered
    /// There is nothing in it.
    case empty
    /// It calls a tool with arguments that cannot be read.
    case toolError
    /// It does not say that it is finished, or in a word that nobody knows.
    case unfinished
    /// It is larger than the configuration allows.
    case tooLarge

    /// Why an answer is not kept; nil: it may be.
    static func refusal(of document: JSONDocument, operation: ModelOperation) -> AnswerVerdict? {
        switch operation {
        case .embedding: document["data"]?[0] == nil ? .empty : nil
        case .chatCompletion: refusal(ofChoices: document["choices"])
        }
    }

    private static func refusal(ofChoices choices: JSONValue?) -> AnswerVerdict? {
        var isEmpty = true
        for choice in choices?.elements ?? .empty {
            isEmpty = false
            if let refusal = refusal(of: choice) { return refusal }
        }
        return isEmpty ? .empty : nil
    }

    /// The words by which providers say that an answer is whole.
    private static let finished: Set<String> = [
        "stop", "tool_calls", "function_call", "tool_use", "end_turn", "stop_sequence", "eos", "eos_token", "complete",
    ]

    private static func refusal(of choice: JSONValue) -> AnswerVerdict? {
        guard let reason = choice["finish_reason"], reason.kind == .string else { return .unfinished }
        if reason.stringEquals("length") { return .truncated }
        if reason.stringEquals("content_filter") { return .filtered }
        // A wrong miss costs a request, a wrong hit an answer.
        guard let word = reason.string, finished.contains(word.lowercased()) else { return .unfinished }
        guard let message = choice["message"], message.kind == .object else { return .empty }
        if let refusal = message["refusal"], refusal.carriesSomething { return .filtered }
        if let calls = message["tool_calls"], calls.kind == .array, calls[0] != nil {
            for call in calls.elements where !isReadable(call["function"]?["arguments"]) { return .toolError }
            return nil
        }
        if let call = message["function_call"], !call.isNull {
            return isReadable(call["arguments"]) ? nil : .toolError
        }
        for name in ["content", "audio", "reasoning_content"] where message[name]?.carriesSomething == true {
            return nil
        }
        return .empty
    }

    /// Whether a tool can be called with these arguments; none are fine.
    private static func isReadable(_ arguments: JSONValue?) -> Bool {
        guard let arguments else { return true }
        guard let text = arguments.string else { return false }
        guard !text.isEmpty else { return true }
        return (try? JSONDocument(text, limits: .response))?.root.kind == .object
    }
}
