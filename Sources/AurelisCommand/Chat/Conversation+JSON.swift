internal import Aurelis
internal import AurelisJSON

/// A conversation as it lies in a file, with who was to answer.
struct SavedConversation: Hashable, Sendable {
    var conversation: Conversation
    var model: String?
    var task: TaskType

    /// The version of the format.
    private static let version = 1
    private static let maximumMessages = 10_000

    init(_ conversation: Conversation, model: String?, task: TaskType) {
        self.conversation = conversation
        self.model = model
        self.task = task
    }

    /// One JSON object, with a line for each message.
    var json: String {
        var lines: [String] = []
        var head = JSONWriter()
        head.beginObject()
        head.field("aurelis_chat", Self.version)
        head.optional("system", conversation.system)
        head.optional("model", model)
        head.field("task", task.rawValue)
        head.endObject()
        lines.append(String(decoding: head.bytes.dropLast(), as: UTF8.self) + ",\"messages\":[")
        for (index, entry) in conversation.messages.enumerated() {
            var json = JSONWriter()
            json.beginObject()
            Self.write(entry, to: &json)
            json.endObject()
            let comma = index + 1 < conversation.messages.count ? "," : ""
            lines.append(String(decoding: json.bytes, as: UTF8.self) + comma)
        }
        return lines.joined(separator: "\n") + "\n]}\n"
    }

    private static func write(_ entry: Conversation.Entry, to json: inout JSONWriter) {
        json.field("role", entry.role.rawValue)
        json.field("content", entry.text)
        guard let note = entry.note else { return }
        json.field("model", note.model)
        json.field("provider", note.provider)
        if let usage = note.usage {
            json.object("usage") { json in
                json.field("prompt_tokens", usage.prompt)
                json.field("completion_tokens", usage.completion)
            }
        }
        json.optional("cut_off", note.cutOff)
    }

    /// Reads what `json` writes, or any object with `messages` as OpenAI's clients send them.
    ///
    /// - Throws: a usage failure that says what is wrong with the file.
    init(json text: String, file: String) throws(CommandFailure) {
        let document: JSONDocument
        do { document = try JSONDocument(Array(text.utf8)) } catch {
            throw Self.refusal(file, "it is no JSON: \(error)")
        }
        guard let messages = document["messages"], messages.kind == .array else {
            throw Self.refusal(file, "it has no list of \"messages\"")
        }
        var conversation = Conversation(system: document["system"]?.string)
        for (index, message) in messages.elements.enumerated() {
            guard index < Self.maximumMessages else {
                throw Self.refusal(file, "it has more than \(Self.maximumMessages) messages")
            }
            guard let role = message["role"]?.string.flatMap(Message.Role.init(rawValue:)), role != .tool,
                let text = message["content"]?.string
            else { throw Self.refusal(file, "message \(index + 1) has no role or no text as its content") }
            if role == .system, index == 0, conversation.system == nil {
                conversation.system = text
            } else if role == .assistant {
                conversation.answer(text, Self.note(message))
            } else {
                conversation.add(role, text)
            }
        }
        self.conversation = conversation
        model = document["model"]?.string
        task = document["task"]?.string.flatMap { try? TaskType(parsing: $0) } ?? .general
    }

    private static func note(_ message: JSONValue) -> Conversation.Note? {
        guard let model = message["model"]?.string else { return nil }
        let usage = message["usage"].flatMap { usage -> TokenUsage? in
            guard let prompt = usage["prompt_tokens"]?.int, let answer = usage["completion_tokens"]?.int else {
                return nil
            }
            return TokenUsage(prompt: max(0, prompt), completion: max(0, answer))
        }
        return Conversation.Note(
            model: model,
            provider: message["provider"]?.string ?? "",
            usage: usage,
            cutOff: message["cut_off"]?.string
        )
    }

    private static func refusal(_ file: String, _ reason: String) -> CommandFailure {
        CommandFailure(.usage, "cannot load \(file): \(reason)")
    }
}
