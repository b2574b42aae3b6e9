internal import Aurelis

extension ChatLoop {
    /// Of what a model takes at most this part is used: the number of tokens is an estimate.
    private static let usablePercent = 90

    /// Asks, shows the answer, and keeps both, or neither when nothing came.
    ///
    /// - Parameter isAnew: whether an answer that is kept will not do.
    /// - Throws: the failure, when nobody reads along.
    mutating func ask(_ question: String, isAnew: Bool = false) async throws {
        conversation.ask(question)
        var request = setting.template
        (request.model, request.task) = (model, task)
        if isAnew { request.cache = .refresh }
        request.messages = fittingMessages(request)
        if setting.isOnScreen { console.errors.note("\n") }
        let answering = ChatAnswering(
            orchestrator: setting.orchestrator,
            request: request,
            console: console,
            shows: !setting.json,
            isOnScreen: setting.isOnScreen
        )
        let outcome = await setting.interruption.interruptible { await answering.run() }
        try take(outcome, question)
    }

    private mutating func take(_ outcome: ChatAnswering.Outcome, _ question: String) throws {
        if let response = outcome.response {
            unanswered = nil
            let note = Conversation.Note(
                model: response.modelUsed.canonical,
                provider: response.provider.rawValue,
                usage: response.usage,
                cutOff: Self.cutOff(response, outcome.failure)
            )
            conversation.answer(response.content, note)
            usage.add(response, price: price(of: response))
            save()
            if let failure = outcome.unwritten { throw failure }
            try show(response, cutOff: note.cutOff)
        } else {
            unanswered = conversation.undo()
            if let failure = outcome.unwritten { throw failure }
        }
        try Task.checkCancellation()
        guard let failure = outcome.failure else { return }
        if failure.category == .cancelled {
            console.remark(outcome.response == nil ? "interrupted; /retry asks again" : "interrupted")
        } else {
            if setting.json { try console.output.write(json: AnswerJSON.error(failure)) }
            try refuse(CommandFailure(failure))
        }
        if setting.isOnScreen { console.errors.note("\n") }
    }

    private static func cutOff(_ response: ModelResponse, _ failure: ModelError?) -> String? {
        if let failure { return failure.category == .cancelled ? "interrupted" : failure.message }
        switch response.finishReason {
        case FinishReason.length: return "at its token limit"
        case FinishReason.contentFilter: return "by a content filter of the provider"
        default: return nil
        }
    }

    /// What belongs beside the answer.
    private func show(_ response: ModelResponse, cutOff: String?) throws {
        if setting.json {
            try console.output.write(json: AnswerJSON.response(response))
        } else if !console.output.isTerminal, response.content.last != "\n" {
            // The answer came as it is; the next one begins on a line of its own.
            try console.output.write("\n")
        }
        for words in SecretNotice.words(for: response.trace.findings) { console.warn(words) }
        if response.finishReason == .length || response.finishReason == .contentFilter, let cutOff {
            console.warn("the answer was cut off \(cutOff)")
        } else if response.content.isEmpty {
            console.warn("the model answered without any text")
        }
        guard setting.isInteractive, response.finishReason != nil else { return }
        console.remark(ChatFooter.line(response))
        if setting.isOnScreen { console.errors.note("\n") }
    }

    /// The messages as far as the model takes them; what it is no longer told is said once.
    private mutating func fittingMessages(_ request: ModelRequest) -> [Message] {
        var whole = request
        whole.messages = conversation.request
        guard let window = window(for: whole) else { return whole.messages }
        let room = window.tokens / 100 * Self.usablePercent
        guard conversation.tokens > room else { return whole.messages }
        let (messages, count) = conversation.fitting(room)
        if count > leftOut {
            console.remark(
                "the first \(count == 1 ? "message" : "\(count) messages") of this conversation no longer fit into what "
                    + "\(window.model) takes (\(window.tokens) tokens) and are not sent"
            )
        }
        leftOut = count
        return messages
    }

    /// How much the model takes that will probably answer; nil: nobody knows.
    private func window(for request: ModelRequest) -> (tokens: Int, model: ModelID)? {
        let considered: [RouteTrace.Candidate]
        do { considered = try setting.orchestrator.candidates(for: request) } catch {
            considered = error.trace?.candidates ?? []
        }
        let models = setting.orchestrator.models
        func limit(_ candidate: RouteTrace.Candidate) -> Int? {
            models.first { $0.model.id == candidate.model && $0.provider == candidate.provider }?.model.inputLimit
        }
        if let first = considered.first(where: { $0.rejection == nil }) {
            return limit(first).map { ($0, first.model) }
        }
        // Too long for everybody: it is made to fit whoever takes most.
        let limits = considered.compactMap { candidate in limit(candidate).map { (tokens: $0, model: candidate.model) }
        }
        return limits.max { $0.tokens < $1.tokens }
    }

    private func price(of response: ModelResponse) -> TokenPrice? {
        setting.orchestrator.models.first {
            $0.model.id == response.modelUsed && $0.provider == response.provider
        }?.model.price
    }
}

/// The line under an answer: who gave it, how fast, at what cost.
enum ChatFooter {
    /// `gpt-4o-mini · 812 ms · 12 + 40 tokens`
    static func line(_ response: ModelResponse) -> String {
        var parts = ["\(response.modelUsed)"]
        if let named = response.modelRequested, named != response.modelUsed { parts[0] += " instead of \(named)" }
        switch response.cache {
        case .hit(_, let age): parts.append("kept for \(age.readable)")
        case .stale(_, let age): parts.append("kept for \(age.readable), past its time")
        default: parts.append(response.processingTime.readable)
        }
        if response.attempts > 1 { parts.append("\(response.attempts) attempts") }
        if let usage = response.usage { parts.append("\(usage.prompt) + \(usage.completion) tokens") }
        return parts.joined(separator: " · ")
    }
}
