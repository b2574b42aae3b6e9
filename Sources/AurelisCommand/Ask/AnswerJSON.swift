internal import Aurelis
internal import AurelisJSON

/// Answers as JSON lines, for programs.
///
/// A whole answer is one object. A streamed one is a line `{"type":"delta",…}` per piece, then the same object with
/// `"type":"response"`. A failure ends either with `{"type":"error","error":{…}}`.
enum AnswerJSON {
    static func response(_ response: ModelResponse, type: String? = nil) -> String {
        line { json in
            if let type { json.field("type", type) }
            json.field("id", "\(response.id)")
            json.field("content", response.content)
            if !response.toolCalls.isEmpty { write(response.toolCalls, to: &json) }
            json.optional("finish_reason", response.finishReason?.rawValue)
            json.optional("model_requested", response.modelRequested?.spelling)
            json.field("model", response.modelUsed.canonical)
            json.field("provider", response.provider.rawValue)
            json.field("task", response.task.rawValue)
            if let usage = response.usage { write(usage, to: &json) }
            if let confidence = response.confidence {
                json.object("confidence") { json in
                    json.field("value", confidence.value)
                    json.field("source", confidence.source.rawValue)
                }
            }
            json.field("processing_ms", Int(response.processingTime.milliseconds))
            json.field("attempts", response.attempts)
            if let cache = response.cache { write(cache, to: &json) }
            write(response.trace, to: &json)
        }
    }

    static func delta(_ delta: ModelStream.Delta) -> String {
        line { json in
            json.field("type", "delta")
            json.field("content", delta.content)
            if delta.restarts { json.field("restart", true) }
            guard !delta.toolCalls.isEmpty else { return }
            json.array("tool_calls", delta.toolCalls) { call, json in
                json.field("index", call.index)
                if let id = call.id { json.field("id", id) }
                if let name = call.name { json.field("name", name) }
                json.field("arguments", call.arguments)
            }
        }
    }

    static func error(_ error: ModelError) -> String {
        line { json in
            json.field("type", "error")
            json.object("error") { json in
                json.field("category", error.category.rawValue)
                json.field("message", error.message)
                json.optional("code", error.code)
                json.optional("hint", error.hint)
                json.optional("detail", error.detail)
                json.optional("model", error.model?.canonical)
                json.optional("provider", error.provider?.rawValue)
                if let status = error.status { json.field("status", status) }
                if let limit = error.limit { json.field("limit", limit.rawValue) }
                if let wait = error.retryAfter { json.field("retry_after_ms", Int(wait.milliseconds)) }
                json.field("exit_status", Int(CommandStatus(error).rawValue))
                if let trace = error.trace { write(trace, to: &json) }
            }
        }
    }

    static func candidates(_ candidates: [(candidate: RouteTrace.Candidate, reason: String)]) -> String {
        line { json in
            json.array("candidates", candidates) { entry, json in
                entry.candidate.writeMembers(to: &json)
                json.field("reason", entry.reason)
            }
        }
    }

    private static func line(_ write: (inout JSONWriter) -> Void) -> String {
        var json = JSONWriter()
        json.beginObject()
        write(&json)
        json.endObject()
        return String(decoding: json.bytes, as: UTF8.self) + "\n"
    }

    private static func write(_ usage: TokenUsage, to json: inout JSONWriter) {
        json.object("usage") { json in
            json.field("prompt_tokens", usage.prompt)
            json.field("completion_tokens", usage.completion)
            json.field("total_tokens", usage.total)
        }
    }

    /// Only what came from the cache has an age.
    private static func write(_ cache: CacheStatus, to json: inout JSONWriter) {
        json.field("cache", cache.description)
        guard let age = cache.age else { return }
        json.field("cache_age_ms", Int(age.milliseconds))
    }

    private static func write(_ calls: [ToolCall], to json: inout JSONWriter) {
        json.array("tool_calls", calls) { call, json in
            json.field("id", call.id)
            json.field("name", call.name)
            json.field("arguments", call.arguments)
        }
    }

    private static func write(_ trace: RouteTrace, to json: inout JSONWriter) {
        json.object("trace") { json in trace.writeMembers(to: &json) }
    }
}
