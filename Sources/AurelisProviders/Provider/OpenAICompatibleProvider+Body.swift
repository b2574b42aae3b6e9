internal import Aurelis
internal import AurelisJSON

extension OpenAICompatibleProvider {
    /// What goes out: the caller's bytes, changed only where this provider needs it.
    ///
    /// - Throws: `invalidRequest` when the answer was begun and this provider is not known to go on with one.
    func body(of attempt: ProviderAttempt) throws(ModelError) -> [UInt8] {
        var body = attempt.body
        let wireName = attempt.model.wireName
        if body["model"]?.stringEquals(wireName) != true { body.set("model", to: .string(wireName)) }
        if asksForUsage(attempt) { body.askForUsage() }
        if settings.preset.answerLimit == .maxTokens { body.limitByMaxTokens() }
        guard let beginning = attempt.prefill, !beginning.isEmpty else { return body.bytes }
        guard attempt.operation == .chatCompletion, let style = (settings.prefill ?? settings.preset.prefill)?.style
        else { throw .prefillRefused("\(id) is not known to go on with an answer that somebody else began") }
        try body.begin(answer: beginning, style)
        return body.bytes
    }

    /// Whether a stream is asked for its usage although its caller has not decided about that.
    func asksForUsage(_ attempt: ProviderAttempt) -> Bool {
        guard attempt.stream, attempt.operation == .chatCompletion, settings.preset.streamUsage == .onRequest else {
            return false
        }
        guard let options = attempt.body["stream_options"], !options.isNull else { return true }
        return options.kind == .object && options["include_usage"]?.isNull ?? true
    }
}

extension JSONDocument {
    /// Asks a stream for its usage; other options stay.
    fileprivate mutating func askForUsage() {
        guard let options = self["stream_options"], !options.isNull else {
            set("stream_options", to: JSONDocument.withUsage)
            return
        }
        // A part of valid JSON is valid; there is nothing to report.
        guard var changed = try? JSONDocument(Array(options.raw), limits: .response) else { return }
        changed.set("include_usage", to: true)
        set("stream_options", to: .raw(changed.root))
    }

    /// Gives the limit of the answer its older name.
    fileprivate mutating func limitByMaxTokens() {
        guard self["max_tokens"] == nil, let limit = self["max_completion_tokens"] else { return }
        set("max_tokens", to: .raw(limit))
        remove("max_completion_tokens")
    }

    /// Ends the messages with the beginning of the answer.
    fileprivate mutating func begin(
        answer beginning: String,
        _ style: ProviderPreset.Prefill.Style
    ) throws(ModelError) {
        guard let messages = self["messages"], messages.kind == .array else {
            throw .prefillRefused("a request without `messages` cannot go on with an answer")
        }
        let message: JSONFragment =
            switch style {
            case .plain, .continueFinalMessage: ["role": "assistant", "content": .string(beginning)]
            case .prefix: ["role": "assistant", "content": .string(beginning), "prefix": true]
            }
        do throws(JSONError) {
            let longer = JSONDocument.list(messages.raw, with: message)
            set("messages", to: try JSONFragment(validating: longer, limits: .response))
        } catch {
            throw .prefillRefused("\(error)")
        }
        guard style == .continueFinalMessage else { return }
        set("continue_final_message", to: true)
        // The default of vLLM, which refuses both together.
        set("add_generation_prompt", to: false)
    }

    /// An array's text with one more element behind the last; all other bytes stay.
    private static func list(_ text: ArraySlice<UInt8>, with element: JSONFragment) -> [UInt8] {
        let body = text.dropLast()
        let end = body.lastIndex { !ASCII.isSpace($0) } ?? body.startIndex
        let isEmpty = end == body.startIndex
        return Array(text[...end]) + (isEmpty ? [] : [UInt8(ascii: ",")]) + element.bytes + text[(end + 1)...]
    }

    private static let withUsage: JSONFragment = ["include_usage": true]
}

extension ModelError {
    fileprivate static func prefillRefused(_ message: String) -> ModelError {
        ModelError(.invalidRequest, message, code: "prefill_unsupported")
    }
}
