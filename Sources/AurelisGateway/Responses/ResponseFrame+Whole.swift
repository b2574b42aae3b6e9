internal import AurelisJSON

extension ResponseFrame {
    /// The response that a whole completion comes to.
    func response(of completion: JSONDocument) -> [UInt8] {
        let choice = completion["choices"]?[0]
        let status = Status(finishReason: choice?["finish_reason"]?.string)
        let isCut = if case .incomplete = status { true } else { false }
        var output = ResponseOutput(self)
        if let message = choice?["message"] { _ = output.take(message, logprobs: choice?["logprobs"]?["content"]) }
        _ = output.close(cut: isCut)
        let usage = ResponseUsage.fragment(of: completion["usage"])
        return response(status, origin(completion), output: output.fragments, usage: usage).bytes
    }
}
