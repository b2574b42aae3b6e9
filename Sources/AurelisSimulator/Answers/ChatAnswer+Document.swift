internal import AurelisJSON

extension ChatAnswer {
    /// The answer as one JSON document.
    var document: [UInt8] { document(withChoices: true) }

    /// A document whose list of choices is empty: a fault that providers have been seen with.
    var documentWithoutChoices: [UInt8] { document(withChoices: false) }

    private func document(withChoices: Bool) -> [UInt8] {
        var json = JSONWriter(capacity: 2_048)
        json.object { json in
            json.key("choices")
            json.array(of: withChoices ? Array(choices.enumerated()) : []) { json, entry in
                write(entry.element, index: entry.offset, to: &json)
            }
            json.field("created", AnswerIdentity.created)
            json.field("id", identity.id)
            json.field("model", model.answerName)
            json.field("object", "chat.completion")
            writePromptFilter(to: &json)
            json.field("system_fingerprint", identity.fingerprint)
            json.key("usage")
            writeUsage(to: &json)
        }
        return json.bytes
    }

    private func write(_ choice: Choice, index: Int, to json: inout JSONWriter) {
        json.field("content_filter_results", ContentFilterReport.completion(filtered: choice.isFiltered))
        json.field("finish_reason", choice.finishReason)
        json.field("index", index)
        let tokens = alternatives == nil ? [] : choice.content.map(SimpleTokenizer.tokens) ?? []
        writeProbabilities(of: tokens, from: 0, to: &json)
        json.object("message") { json in
            json.field("content", orNull: choice.content)
            if let reasoning { json.field("reasoning_content", reasoning) }
            json.field("refusal", orNull: nil)
            json.field("role", "assistant")
            if let call = choice.toolCall {
                json.key("tool_calls")
                json.array(of: [call]) { json, call in
                    json.object("function") { json in
                        json.field("arguments", call.arguments)
                        json.field("name", call.name)
                    }
                    json.field("id", call.id)
                    json.field("type", "function")
                }
            }
        }
    }

    func writePromptFilter(to json: inout JSONWriter) {
        json.key("prompt_filter_results")
        json.array(of: 0..<1) { json, index in
            json.field("prompt_index", index)
            json.field("content_filter_results", ContentFilterReport.prompt(filtered: false))
        }
    }

    func writeUsage(to json: inout JSONWriter) {
        json.object { json in
            json.field("completion_tokens", completionTokens)
            if model.isOpenAI {
                json.field("completion_tokens_details", Self.completionDetails)
            }
            json.field("prompt_tokens", promptTokens)
            if model.isOpenAI {
                json.field("prompt_tokens_details", Self.promptDetails)
            }
            json.field("total_tokens", promptTokens + completionTokens)
        }
    }

    private static let completionDetails: JSONFragment = [
        "accepted_prediction_tokens": 0, "audio_tokens": 0, "reasoning_tokens": 0, "rejected_prediction_tokens": 0,
    ]
    private static let promptDetails: JSONFragment = ["audio_tokens": 0, "cached_tokens": 0]
}
