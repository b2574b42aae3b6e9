internal import AurelisJSON

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// What a chat completion document says: read once, from the first choice.
struct ChatCompletion {
    var content = ""
    var toolCalls: [ToolCall] = []
    var finishReason: FinishReason?
    var usage: TokenUsage?
    var confidence: Confidence?

    init(reading document: JSONDocument) {
        if let usage = document["usage"] { self.usage = TokenUsage(reading: usage) }
        guard let choice = document["choices"]?[0], let message = choice["message"] else { return }
        content = message["content"]?.string ?? message["refusal"]?.string ?? ""
        finishReason = choice["finish_reason"]?.string.map(FinishReason.init(rawValue:))
        if let calls = message["tool_calls"], calls.kind == .array {
            toolCalls = calls.elements.compactMap(ToolCall.init(reading:))
        }
        if let logprobs = choice["logprobs"]?["content"], logprobs.kind == .array {
            confidence = Confidence(logprobs: logprobs.elements.compactMap { $0["logprob"]?.double })
        }
    }
}

extension ToolCall {
    init?(reading call: JSONValue) {
        guard let function = call["function"], let name = function["name"]?.string else { return nil }
        self.init(id: call["id"]?.string ?? "", name: name, arguments: function["arguments"]?.string ?? "")
    }
}

extension Confidence {
    /// The geometric mean of token probabilities; nil when there are none.
    init?(logprobs: [Double]) {
        guard !logprobs.isEmpty else { return nil }
        let mean = logprobs.reduce(0, +) / Double(logprobs.count)
        self.init(value: exp(mean), source: .logprobs)
    }
}
