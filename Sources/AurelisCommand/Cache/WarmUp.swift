internal import Aurelis
internal import AurelisJSON

/// Asks questions so that their answers are kept.
struct WarmUp: Sendable {
    let questions: [Question]
    let json: Bool
    let console: Console

    /// A line of the file.
    struct Question: Sendable {
        let line: Int
        let call: ModelCall
    }

    /// The questions of a file.
    ///
    /// - Throws: a usage failure that names the line.
    static func questions(in file: String) throws(CommandFailure) -> [Question] {
        let lines = try InputLines(file)
        var questions: [Question] = []
        while let line = try lines.next() {
            let place = "\(file), line \(line.number)"
            guard !line.isCut else { throw CommandFailure(.usage, "\(place) is longer than any request") }
            do {
                questions.append(Question(line: line.number, call: try call(line.bytes)))
            } catch let error as ModelError {
                throw CommandFailure(.usage, "\(place): \(error.message)")
            } catch {
                throw CommandFailure(.usage, "\(place) is no JSON: \(error)")
            }
        }
        guard !questions.isEmpty else { throw CommandFailure(.usage, "\(file) holds no question") }
        return questions
    }

    private static func call(_ line: [UInt8]) throws -> ModelCall {
        var document = try JSONDocument(line)
        if let prompt = document["prompt"]?.string {
            let known = ["prompt", "task", "model"]
            if let unknown = document.root.members.first(where: { !known.contains($0.key) })?.key {
                throw ModelError(
                    .invalidRequest,
                    "\"\(unknown)\" is none of \(known.joined(separator: ", ")); for anything else write the whole body"
                )
            }
            let task = try document["task"]?.string.map { text throws(ModelError) in try TaskType(parsing: text) }
            let model = document["model"]?.string.map { ModelID($0) }
            return try ModelCall(ModelRequest(prompt, task: task ?? .general, model: model), stream: false)
        }
        let isEmbedding = document["input"] != nil && document["messages"] == nil
        // An answer serves both forms.
        for name in ["stream", "stream_options"] { document.remove(name) }
        return try ModelCall(reading: document, operation: isEmbedding ? .embedding : .chatCompletion)
    }

    /// Asks one after the other.
    ///
    /// - Throws: what ended it, when a limit did; else that some failed, when some did.
    func run(_ orchestrator: ModelOrchestrator) async throws {
        var counts: [String: Int] = [:]
        for question in questions {
            do {
                let before = orchestrator.cache?.statistics.kept
                let reply = try await orchestrator.answer(question.call)
                let isKept = orchestrator.cache?.statistics.kept != before
                let outcome = reply.trace.cache?.age != nil ? "already kept" : isKept ? "kept" : "not keepable"
                counts[outcome, default: 0] += 1
                try report(question, outcome, nil)
            } catch let error as ModelError where error.category != .cancelled {
                counts["failed", default: 0] += 1
                try report(question, "failed", error)
                guard error.category != .rateLimit, error.category != .quota else {
                    throw CommandFailure(
                        .exhausted,
                        "stopped at line \(question.line): \(error.message)",
                        hint: "the same command goes on from there: what is kept is not asked again"
                    )
                }
            }
        }
        let summary = ["kept", "already kept", "not keepable", "failed"].compactMap { name in
            counts[name].map { "\($0) \(name)" }
        }
        console.remark(summary.joined(separator: ", "))
        if counts["failed"] != nil { throw CommandFailure(.provider, "some questions have no answer") }
    }

    private func report(_ question: Question, _ outcome: String, _ error: ModelError?) throws {
        guard json else {
            let reason = error.map { ": \($0.message)" } ?? ""
            return try console.output.write(
                "line \(question.line)  \(outcome)\(TerminalSanitizer.singleLine(reason))\n"
            )
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("line", question.line)
        writer.field("outcome", outcome)
        writer.optional("reason", error?.message)
        writer.endObject()
        try console.output.write(json: String(decoding: writer.bytes, as: UTF8.self) + "\n")
    }
}
