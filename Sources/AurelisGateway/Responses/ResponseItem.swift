internal import AurelisJSON

/// One item of a response's output: a message, or a call of a function.
struct ResponseItem {
    enum Status: String {
        case inProgress = "in_progress"
        case completed
        case incomplete
    }

    /// A text of a message, or its refusal.
    struct Part {
        enum Kind {
            case text
            case refusal
        }

        let kind: Kind
        var text = EscapedText()
        private var logprobs: [UInt8] = []

        init(kind: Kind) { self.kind = kind }
    }

    struct Call {
        let id: JSONFragment
        let name: JSONFragment
        var arguments: EscapedText
    }

    let id: String
    var status = Status.inProgress
    /// The parts of a message.
    var parts: [Part] = []
    /// The call, if it is no message.
    var call: Call?

    init(id: String, call: Call? = nil) {
        self.id = id
        self.call = call
    }

    var isDone: Bool { status != .inProgress }

    /// The item as it stands.
    var fragment: JSONFragment {
        fragment(status, arguments: call?.arguments.fragment ?? "", parts: parts.map(\.fragment))
    }

    /// The item as it began.
    var beginning: JSONFragment { fragment(.inProgress, arguments: "", parts: []) }

    private func fragment(_ status: Status, arguments: JSONFragment, parts: [JSONFragment]) -> JSONFragment {
        guard let call else {
            return [
                "id": .string(id), "type": "message", "status": .string(status.rawValue), "role": "assistant",
                "content": .array(parts),
            ]
        }
        return [
            "id": .string(id), "type": "function_call", "status": .string(status.rawValue), "call_id": call.id,
            "name": call.name, "arguments": arguments,
        ]
    }
}

extension ResponseItem.Part {
    /// The part as it stands.
    var fragment: JSONFragment { Self.fragment(kind, text.fragment, logprobs: allLogprobs) }

    /// The part as it began.
    var beginning: JSONFragment { Self.fragment(kind, "", logprobs: []) }

    private static func fragment(_ kind: Kind, _ text: JSONFragment, logprobs: JSONFragment) -> JSONFragment {
        switch kind {
        case .text: ["type": "output_text", "annotations": [], "logprobs": logprobs, "text": text]
        case .refusal: ["type": "refusal", "refusal": text]
        }
    }

    /// The probabilities of all its tokens.
    var allLogprobs: JSONFragment {
        (try? JSONFragment(validating: [UInt8(ascii: "[")] + logprobs + [UInt8(ascii: "]")], limits: .response)) ?? []
    }

    /// Takes the probabilities of the next tokens, and gives them back as a list.
    mutating func append(logprobs list: JSONValue) -> JSONFragment {
        guard list.kind == .array, list[0] != nil else { return [] }
        if !logprobs.isEmpty { logprobs.append(UInt8(ascii: ",")) }
        logprobs += list.raw.dropFirst().dropLast()
        return .raw(list)
    }
}
