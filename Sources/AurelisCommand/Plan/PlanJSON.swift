internal import Aurelis
internal import AurelisJSON

/// A plan for programs.
enum PlanJSON {
    /// One object; what is unknown is left out.
    static func text(_ plan: BatchPlan) -> String {
        var json = JSONWriter()
        json.beginObject()
        json.field("time", TimeStamp(milliseconds: plan.start).description)
        json.field("lines", plan.items)
        json.field("invalid", plan.invalid)
        json.field("cached", plan.cached)
        json.field("coalesced", plan.coalesced)
        json.field("requests", plan.requests)
        json.field("ends_at", TimeStamp(milliseconds: plan.end).description)
        json.key("models")
        json.beginArray()
        for share in plan.shares { write(share, to: &json) }
        json.endArray()
        json.key("problems")
        json.beginArray()
        for problem in plan.problems {
            json.beginObject()
            json.field("line", problem.line)
            json.field("code", problem.error.code ?? problem.error.category.rawValue)
            json.field("message", problem.error.message)
            json.endObject()
        }
        json.endArray()
        if plan.credentials.lines > 0 { write(plan.credentials, to: &json) }
        json.endObject()
        return String(decoding: json.bytes, as: UTF8.self) + "\n"
    }

    private static func write(_ credentials: BatchCredentials, to json: inout JSONWriter) {
        json.object("credentials") { json in
            json.field("lines", credentials.lines)
            json.key("first_lines")
            json.beginArray()
            for number in credentials.numbers { json.int(number) }
            json.endArray()
            json.key("kinds")
            json.beginArray()
            for kind in credentials.kinds { json.string(kind.rawValue) }
            json.endArray()
            json.field("policy", credentials.policy.rawValue)
        }
    }

    private static func write(_ share: BatchPlan.Share, to json: inout JSONWriter) {
        json.beginObject()
        json.field("provider", share.provider.rawValue)
        json.field("model", share.model.canonical)
        json.field("requests", share.requests)
        json.field("prompt_tokens", share.promptTokens)
        if let tokens = share.answerTokens { json.field("answer_tokens_at_most", tokens) }
        if let cost = share.promptCost { json.field("prompt_cost_picodollars", Int(cost)) }
        if let cost = share.greatestCost { json.field("cost_at_most_picodollars", Int(cost)) }
        json.field("ends_at", TimeStamp(milliseconds: share.end).description)
        json.endObject()
    }
}
