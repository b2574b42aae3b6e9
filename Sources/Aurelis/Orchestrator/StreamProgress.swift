internal import AurelisJSON

/// What a stream has told so far: whether content came, whether it finished, what it used.
///
/// A chat's answer is whole when its finish reason has come, and not before: none of the servers that the presets know
/// leaves that out, while a server or something in between that fails in the middle often still writes `[DONE]`.
struct StreamProgress: Sendable {
    private(set) var hasContent = false
    private(set) var finishReason: FinishReason?
    private(set) var usage: TokenUsage?
    private(set) var delivered = DeliveredAnswer()

    /// Takes note of one event.
    ///
    /// - Throws: the provider's error when the event carries one in-band; `connection` for a `[DONE]` before the answer
    ///   was complete.
    mutating func observe(_ event: ProviderEvent) throws(ModelError) {
        if event.isDone, !isComplete { throw .truncatedStream }
        guard let chunk = event.chunk else { return }
        if let error = chunk["error"], !error.isNull { throw inBandError(error) }
        if let usage = chunk["usage"] { self.usage = TokenUsage(reading: usage) ?? self.usage }
        guard let choice = chunk["choices"]?[0] else { return }
        // Some servers write an empty one until there is a reason.
        if let reason = choice["finish_reason"]?.string, !reason.isEmpty {
            finishReason = FinishReason(rawValue: reason)
        }
        if !hasContent, let delta = choice["delta"], carriesContent(delta) { hasContent = true }
        delivered.append(chunk, choice: choice)
    }

    /// Whether the caller may be shown something: content, or an end that needs none.
    var isPresentable: Bool { hasContent || finishReason != nil }

    /// Whether the answer is whole; a missing `[DONE]` after a finish reason does not matter.
    var isComplete: Bool { finishReason != nil }

    private func carriesContent(_ delta: JSONValue) -> Bool {
        for (key, value) in delta.members where !value.isNull && key != "role" {
            // An empty string opens many streams; it is not content yet.
            if value.kind != .string || value.raw.count > 2 { return true }
        }
        return false
    }

    private func inBandError(_ error: JSONValue) -> ModelError {
        let message = error["message"]?.string ?? error.string ?? "the provider reported an error in its stream"
        return ModelError(.upstream, message, code: error["code"]?.string ?? "stream_error")
    }
}

extension TokenUsage {
    /// No answer has so many; whoever says so is wrong, and their sum must not overflow.
    private static let believable = 0...100_000_000

    /// Reads an OpenAI `usage` object; nil when it is none, or cannot be true.
    init?(reading usage: JSONValue) {
        guard let prompt = usage["prompt_tokens"]?.int, Self.believable.contains(prompt) else { return nil }
        let completion = usage["completion_tokens"]?.int ?? 0
        guard Self.believable.contains(completion) else { return nil }
        self.init(prompt: prompt, completion: completion)
    }
}
