internal import Aurelis

/// Gets one answer and prints it, whole or piece by piece, as text or as JSON.
struct Asking: Sendable {
    var request: ModelRequest
    var streams: Bool
    var json: Bool
    var explains: Bool
    var isVerbose: Bool
    var console: Console

    /// - Throws: why there is no (whole) answer, after everything that came has been printed.
    func run(_ orchestrator: ModelOrchestrator) async throws {
        do {
            let response = streams ? try await streamed(orchestrator) : try await whole(orchestrator)
            if explains { explain(response.trace) }
            try finish(response)
        } catch let error as ModelError {
            guard explains, let trace = error.trace else { throw error }
            explain(trace)
            // Programs want the trace in any case; people have just read it.
            guard !json else { throw error }
            var explained = error
            explained.trace = nil
            throw explained
        }
    }

    private func whole(_ orchestrator: ModelOrchestrator) async throws -> ModelResponse {
        let response = try await orchestrator.respond(to: request)
        if json {
            try console.output.write(json: AnswerJSON.response(response))
        } else {
            var printer = AnswerPrinter(console.output, line: console.line)
            try printer.print(response.content)
            try printer.finish()
        }
        return response
    }

    private func streamed(_ orchestrator: ModelOrchestrator) async throws -> ModelResponse {
        let stream = try await orchestrator.stream(request)
        defer { stream.cancel() }
        var printer = AnswerPrinter(console.output, line: console.line)
        do {
            while let delta = try await stream.next() {
                if json {
                    try console.output.write(json: AnswerJSON.delta(delta))
                } else if delta.restarts {
                    try printer.finish()
                    console.remark("the answer broke off and could not be continued; it begins again")
                } else {
                    try printer.print(delta.content)
                }
            }
        } catch let error as ModelError {
            try printer.finish()
            console.beginLine()
            var error = error
            error.trace = error.trace ?? stream.response.trace
            throw error
        }
        let response = stream.response
        if json { try console.output.write(json: AnswerJSON.response(response, type: "response")) }
        try printer.finish()
        return response
    }

    /// What must be said beside the answer.
    private func finish(_ response: ModelResponse) throws {
        if let named = response.modelRequested, named != response.modelUsed {
            let why = explains ? "" : "; --explain shows why"
            console.remark("answered by \(response.modelUsed), not \(named)\(why)")
        } else if response.attempts > 1, !explains {
            console.remark("answered after \(response.attempts) attempts; --explain shows each")
        }
        if let words = response.cache?.words { console.remark("answered from \(words)") }
        for words in SecretNotice.words(for: response.trace.findings) { console.warn(words) }
        if isVerbose { console.remark(AnswerSummary.line(response)) }
        switch response.finishReason {
        case FinishReason.length: console.warn("the answer was cut off at its token limit; --max-tokens raises it")
        case FinishReason.contentFilter:
            var failure = CommandFailure(.refused, "a content filter of the provider cut the answer off")
            // The answer's own object names the reason why it ended.
            failure.isPrinted = json
            throw failure
        default:
            if response.content.isEmpty { console.warn("the model answered without any text") }
        }
    }

    private func explain(_ trace: RouteTrace) {
        let errors = console.errors
        // On a terminal the table stands below the answer.
        if console.output.isTerminal, errors.isTerminal { errors.note("\n") } else { console.beginLine() }
        if let cache = trace.cache {
            let age = cache.age.map { ", \($0.readable) old" } ?? ""
            errors.note(errors.style(.quiet, "cache: \(cache)\(age)") + "\n")
        }
        for notice in trace.findings { errors.note(errors.style(.quiet, "found: \(notice)") + "\n") }
        errors.note(RouteTable.table(trace).rendered(width: errors.columns, style: errors.style))
    }
}
