internal import Aurelis

/// What a chat has used so far.
struct ChatUsage: Hashable, Sendable {
    private(set) var answers = 0
    private(set) var kept = 0
    private(set) var uncounted = 0
    private(set) var tokens = TokenUsage(prompt: 0, completion: 0)
    private(set) var picodollars: Int64 = 0
    /// Whether the price of something is not known.
    private(set) var lacksPrices = false

    /// Counts an answer; what came from the cache was paid for before.
    mutating func add(_ response: ModelResponse, price: TokenPrice?) {
        answers += 1
        guard response.attempts > 0 else {
            kept += 1
            return
        }
        guard let usage = response.usage else {
            uncounted += 1
            return
        }
        tokens.prompt += usage.prompt
        tokens.completion += usage.completion
        guard let price else {
            lacksPrices = true
            return
        }
        let (sum, overflow) = picodollars.addingReportingOverflow(price.cost(of: usage))
        picodollars = overflow ? .max : sum
    }

    /// One line: `3 answers (1 from the cache), 120 + 340 tokens, $0.0003`.
    var line: String {
        var parts = [answers == 1 ? "1 answer" : "\(answers) answers"]
        if kept > 0 { parts[0] += " (\(kept) from the cache)" }
        parts.append("\(tokens.prompt) + \(tokens.completion) tokens")
        if uncounted > 0 { parts.append("\(uncounted) without a count") }
        if picodollars > 0 || !lacksPrices && tokens.total > 0 {
            parts.append((lacksPrices ? "at least " : "") + Dollars.text(picodollars))
        }
        return parts.joined(separator: ", ")
    }
}
