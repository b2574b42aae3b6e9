internal import Aurelis
internal import AurelisJSON

/// Turns instructions and input items into the messages of a chat completion.
///
/// What an assistant said and the calls that follow it are one message there. Reasoning is dropped: chat completions
/// have no place for it.
struct ResponseInput {
    /// A message, and where in the request it comes from.
    typealias Placed = (message: JSONFragment, place: String)

    /// What an assistant said, until it is known which calls belong to it.
    private struct Turn {
        let place: String
        var content: JSONFragment?
        var refusal: JSONFragment?
        var calls: [JSONFragment] = []
    }

    private var messages: [Placed] = []
    private var turn: Turn?

    /// Takes the instructions: they go before everything else.
    mutating func take(instructions: JSONValue?) throws(ModelError) {
        guard let instructions, !instructions.isNull else { return }
        guard instructions.kind == .string else { throw .malformed("instructions", "must be a text") }
        add("system", .raw(instructions), place: "instructions")
    }

    /// Takes the input: a text, or items.
    mutating func take(input: JSONValue?) throws(ModelError) {
        guard let input, !input.isNull else {
            throw .malformed("input", "is missing; send a text or a list of items")
        }
        switch input.kind {
        case .string: add("user", .raw(input), place: "input")
        case .array:
            var index = 0
            for item in input.elements {
                try take(item, at: "input[\(index)]")
                index += 1
            }
            guard index > 0 else { throw .malformed("input", "must hold at least one item") }
        default: throw .malformed("input", "must be a text or a list of items")
        }
    }

    /// All messages.
    mutating func finish() -> [Placed] {
        endTurn()
        return messages
    }

    private mutating func take(_ item: JSONValue, at place: String) throws(ModelError) {
        guard item.kind == .object else { throw .malformed(place, "must be an object") }
        let type = item["type"]
        if let type, !type.isNull, type.kind != .string { throw .malformed("\(place).type", "must be a string") }
        switch type?.string {
        case "message": try takeMessage(item, at: place)
        case nil where item["role"] != nil: try takeMessage(item, at: place)
        case "function_call": try takeCall(item, at: place)
        case "function_call_output": try takeOutput(item, at: place)
        case "reasoning": return
        case "item_reference", nil:
            throw .unsupported(
                place,
                "refers to an item of an earlier response, and none is stored here; send the item itself"
            )
        default:
            throw .unsupported(
                "\(place).type",
                "is \(type?.quoted ?? ""); it may be \"message\", \"function_call\", \"function_call_output\" or "
                    + "\"reasoning\""
            )
        }
    }

    private mutating func takeMessage(_ item: JSONValue, at place: String) throws(ModelError) {
        let role = item["role"]
        let content = try ResponseContent(item["content"], at: "\(place).content")
        switch role?.string {
        case "user":
            try content.forbidRefusals(of: "the user")
            add("user", content.list, place: place)
        case "system", "developer":
            try content.forbidImages(of: "a message of the system's")
            try content.forbidRefusals(of: "the system")
            // Every provider knows the older name, and OpenAI takes one for the other.
            add("system", content.list, place: place)
        case "assistant":
            try content.forbidImages(of: "a message of the assistant's")
            endTurn()
            turn = Turn(place: place, content: content.joined, refusal: content.refusal)
        default:
            throw .malformed(
                "\(place).role",
                role.map { "is \($0.quoted); it may be \"user\", \"assistant\", \"system\" or \"developer\"" }
                    ?? "is missing; send \"user\", \"assistant\", \"system\" or \"developer\""
            )
        }
    }

    private mutating func takeCall(_ item: JSONValue, at place: String) throws(ModelError) {
        let id = try Self.text("call_id", of: item, at: place)
        let name = try Self.text("name", of: item, at: place)
        let arguments = try Self.text("arguments", of: item, at: place)
        let function = JSONFragment.object([("name", .raw(name)), ("arguments", .raw(arguments))])
        if turn == nil { turn = Turn(place: place) }
        turn?.calls.append(.object([("id", .raw(id)), ("type", "function"), ("function", function)]))
    }

    private mutating func takeOutput(_ item: JSONValue, at place: String) throws(ModelError) {
        let id = try Self.text("call_id", of: item, at: place)
        let content = try ResponseContent(item["output"], at: "\(place).output")
        try content.forbidImages(of: "the output of a call")
        try content.forbidRefusals(of: "a function")
        endTurn()
        let members: [(String, JSONFragment)] = [
            ("role", "tool"), ("tool_call_id", .raw(id)), ("content", content.list),
        ]
        messages.append((.object(members), place))
    }

    private static func text(_ name: String, of item: JSONValue, at place: String) throws(ModelError) -> JSONValue {
        guard let value = item[name], value.kind == .string else {
            throw .malformed("\(place).\(name)", "must be a string")
        }
        return value
    }

    private mutating func add(_ role: JSONFragment, _ content: JSONFragment, place: String) {
        endTurn()
        messages.append((.object([("role", role), ("content", content)]), place))
    }

    private mutating func endTurn() {
        guard let turn = self.turn.take() else { return }
        // Only a message that calls may say nothing.
        let content = turn.content ?? (turn.calls.isEmpty ? "" : .null)
        var members: [(String, JSONFragment)] = [("role", "assistant"), ("content", content)]
        if let refusal = turn.refusal { members.append(("refusal", refusal)) }
        if !turn.calls.isEmpty { members.append(("tool_calls", .array(turn.calls))) }
        messages.append((.object(members), turn.place))
    }
}
