internal import Aurelis
internal import AurelisJSON

/// What a Responses API without memory and without tools of its own does not do.
enum ResponseRefusals {
    /// - Throws: the first thing that cannot be had, and what to do instead.
    static func check(_ body: JSONDocument) throws(ModelError) {
        for (name, value) in body.root.members where !value.isNull {
            if let problem = needsMemory(name) { throw .unsupported(name, problem) }
            if let instead = ofChat[name] { throw .malformed(name, "belongs to chat completions; \(instead)") }
        }
        try flag(
            "background",
            of: body,
            "may not be true: a response is given at once; send \"stream\": true for long ones"
        )
        if let truncation = body["truncation"], !truncation.isNull, !truncation.stringEquals("disabled") {
            throw .unsupported(
                "truncation",
                "may only be \"disabled\": nothing is left out of an input; shorten it before it is sent"
            )
        }
        if let store = body["store"], !store.isNull, store.bool == nil {
            throw .malformed("store", "must be true or false; nothing is stored either way")
        }
        if let options = body["stream_options"], !options.isNull, options.kind != .object {
            throw .malformed("stream_options", "must be an object")
        }
        try checkInclude(body["include"])
    }

    private static func needsMemory(_ name: String) -> String? {
        switch name {
        case "previous_response_id":
            "cannot be used: no response is stored here; send the whole conversation as 'input', "
                + "the output of earlier responses included"
        case "conversation":
            "cannot be used: no conversation is stored here; send its items as 'input'"
        case "prompt":
            "cannot be used: no prompt template is stored here; send its text as 'instructions' and 'input'"
        case "context_management":
            "cannot be used: nothing is left out of an input; shorten it before it is sent"
        default: nil
        }
    }

    /// What would be there twice after the translation, or means something else there.
    private static let ofChat: [String: String] = [
        "messages": "send 'input' here, or the request to /v1/chat/completions",
        "max_tokens": "send 'max_output_tokens' here",
        "max_completion_tokens": "send 'max_output_tokens' here",
        "response_format": "send 'text.format' here",
        "verbosity": "send 'text.verbosity' here",
        "reasoning_effort": "send 'reasoning.effort' here",
        "logprobs": "send 'top_logprobs' here",
        "n": "a response is one answer; ask again for another",
        "functions": "send 'tools' here",
        "function_call": "send 'tool_choice' here",
    ]

    private static func flag(_ name: String, of body: JSONDocument, _ problem: String) throws(ModelError) {
        guard let value = body[name], !value.isNull else { return }
        guard let isSet = value.bool else { throw .malformed(name, "must be true or false") }
        if isSet { throw .unsupported(name, problem) }
    }

    /// What a client may ask to have included. Most of it belongs to items that never occur here.
    private static let includable: Set<String> = [
        "message.output_text.logprobs", "reasoning.encrypted_content", "message.input_image.image_url",
        "file_search_call.results", "web_search_call.results", "web_search_call.action.sources",
        "code_interpreter_call.outputs", "computer_call_output.output.image_url",
    ]

    private static func checkInclude(_ include: JSONValue?) throws(ModelError) {
        guard let include, !include.isNull else { return }
        guard include.kind == .array else { throw .malformed("include", "must be a list of names") }
        var index = 0
        for name in include.elements {
            guard let text = name.string, includable.contains(text) else {
                let known = includable.sorted().joined(separator: ", ")
                throw .malformed("include[\(index)]", "is \(name.quoted); it may be one of \(known)")
            }
            index += 1
        }
    }
}
