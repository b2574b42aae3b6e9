internal import Aurelis

/// An answer's costs in one line, for `--verbose`.
enum AnswerSummary {
    /// `gpt-4o at openai, 812 ms, 1 attempt, 12 + 40 tokens`
    static func line(_ response: ModelResponse) -> String {
        var parts = ["\(response.modelUsed) at \(response.provider)", response.processingTime.readable]
        parts.append(response.attempts == 1 ? "1 attempt" : "\(response.attempts) attempts")
        if let cache = response.cache { parts.append("cache \(cache)") }
        if let usage = response.usage { parts.append("\(usage.prompt) + \(usage.completion) tokens") }
        parts.append("\(response.id)")
        return parts.joined(separator: ", ")
    }
}
