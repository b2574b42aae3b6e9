internal import AurelisJSON

/// The usage of a chat completion in the words of the Responses API.
enum ResponseUsage {
    /// - Returns: `null` when nothing is told that could be said.
    static func fragment(of usage: JSONValue?) -> JSONFragment {
        guard let usage, let input = usage["prompt_tokens"]?.int else { return .null }
        let output = usage["completion_tokens"]?.int ?? 0
        let (sum, overflows) = input.addingReportingOverflow(output)
        let total = usage["total_tokens"]?.int ?? (overflows ? .max : sum)
        return [
            "input_tokens": .int(input),
            "input_tokens_details": [
                "cached_tokens": .int(usage["prompt_tokens_details"]?["cached_tokens"]?.int ?? 0)
            ],
            "output_tokens": .int(output),
            "output_tokens_details": [
                "reasoning_tokens": .int(usage["completion_tokens_details"]?["reasoning_tokens"]?.int ?? 0)
            ],
            "total_tokens": .int(total),
        ]
    }
}
