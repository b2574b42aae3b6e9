internal import Aurelis

/// Asks once and shows what comes, while it comes.
struct ChatAnswering: Sendable {
    /// What came of it.
    struct Outcome: Sendable {
        /// The answer, or what there is of it; nil: nothing came.
        var response: ModelResponse?
        /// Why there is no whole answer.
        var failure: ModelError?
        /// Why it could not be shown.
        var unwritten: WriteFailure?
    }

    let orchestrator: ModelOrchestrator
    var request: ModelRequest
    let console: Console
    /// Whether the answer is printed as it comes; otherwise somebody else prints the whole.
    let shows: Bool
    /// Whether a person sits in front of a screen on which a waiting sign can be taken back.
    let isOnScreen: Bool

    func run() async -> Outcome {
        let sign = WaitingSign(console.errors, isShown: isOnScreen)
        sign.show()
        var request = request
        let remarks = WaitRemarks { text in
            sign.hide()
            console.remark(text)
            sign.show()
        }
        request.onWait = remarks.add
        let stream: ModelStream
        do throws(ModelError) {
            stream = try await orchestrator.stream(request)
        } catch {
            sign.hide()
            return Outcome(failure: error)
        }
        defer { stream.cancel() }
        var outcome = Outcome()
        var printer = AnswerPrinter(console.output)
        var wrapper = AnswerWrapper(columns: console.output.columns)
        var begun = false
        do throws(ModelError) {
            while let delta = try await stream.next() {
                if !begun { sign.hide() }
                begun = true
                guard shows else { continue }
                if delta.restarts {
                    try? printer.print(wrapper.finish())
                    try? printer.finish()
                    wrapper = AnswerWrapper(columns: console.output.columns)
                    console.remark("the answer broke off and could not be continued; it begins again")
                } else if outcome.unwritten == nil {
                    let text = isOnScreen ? wrapper.wrap(delta.content) : delta.content
                    do { try printer.print(text) } catch { outcome.unwritten = error }
                }
                if outcome.unwritten != nil { break }
            }
        } catch {
            outcome.failure = error
        }
        sign.hide()
        if outcome.unwritten == nil, begun {
            do {
                try printer.print(wrapper.finish())
                try printer.finish()
            } catch {
                outcome.unwritten = error
            }
        }
        let response = stream.response
        if outcome.failure == nil, outcome.unwritten == nil, response.finishReason == nil {
            outcome.failure = ModelError(.cancelled, "the answer was interrupted")
        }
        if outcome.failure == nil || !response.content.isEmpty { outcome.response = response }
        return outcome
    }
}
