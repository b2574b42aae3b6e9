internal import AurelisJSON

extension PromptLimits {
    /// Refuses what is too long. A body that is shorter than every limit costs a comparison.
    func check(_ call: ModelCall) throws(ModelError) {
        let shortest = [prompt, systemPrompt, metadata].filter { $0 > 0 }.min() ?? .max
        guard call.body.bytes.count > shortest else { return }
        if metadata > 0, let value = call.body["metadata"], value.raw.count > metadata {
            throw .tooLong("metadata", value.raw.count, "bytes", limit: metadata, setting: "metadata")
        }
        switch call.operation {
        case .chatCompletion: try checkMessages(of: call.body)
        case .embedding: try checkInput(of: call.body)
        }
    }

    private func checkMessages(of body: JSONDocument) throws(ModelError) {
        var index = 0
        for message in body["messages"]?.elements ?? .empty {
            defer { index += 1 }
            let isSystem =
                message["role"]?.stringEquals("system") == true || message["role"]?.stringEquals("developer") == true
            let limit = isSystem ? systemPrompt : prompt
            guard limit > 0, message.raw.count > limit, let content = message["content"] else { continue }
            let length = Self.length(of: content, upTo: limit)
            guard length > limit else { continue }
            throw .tooLong(
                "messages[\(index)].content",
                length,
                "characters",
                limit: limit,
                setting: isSystem ? "system_prompt" : "prompt"
            )
        }
    }

    private func checkInput(of body: JSONDocument) throws(ModelError) {
        guard prompt > 0, let input = body["input"] else { return }
        func check(_ text: JSONValue, _ place: String) throws(ModelError) {
            let length = Self.length(of: text, upTo: prompt)
            if length > prompt { throw .tooLong(place, length, "characters", limit: prompt, setting: "prompt") }
        }
        guard input.kind == .array else { return try check(input, "input") }
        var index = 0
        for text in input.elements {
            try check(text, "input[\(index)]")
            index += 1
        }
    }

    /// The characters of a text, or of the text parts of a message; pictures and the like are none.
    private static func length(of content: JSONValue, upTo limit: Int) -> Int {
        switch content.kind {
        // No text has more characters than it takes bytes.
        case .string: content.raw.count <= limit ? 0 : content.string?.unicodeScalars.count ?? 0
        case .array: content.elements.reduce(0) { $0 + ($1["text"].map { length(of: $0, upTo: 0) } ?? 0) }
        default: 0
        }
    }
}

extension ModelError {
    fileprivate static func tooLong(
        _ place: String,
        _ length: Int,
        _ unit: String,
        limit: Int,
        setting: String
    ) -> ModelError {
        var error = ModelError(
            .invalidRequest,
            "'\(place)' has \(length) \(unit), \(limit) are allowed; nothing was sent",
            code: "prompt_too_long",
            hint: "shorten it, or raise safety.limits.\(setting) in the configuration (0: no limit)"
        )
        error.parameter = place
        return error
    }
}
