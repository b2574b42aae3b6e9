/// One message of a conversation.
///
///     let messages: [Message] = [.system("Answer briefly."), .user("What is a monad?")]
///     let question = Message.user([.text("What is on the picture?"), .image(url: "data:image/png;base64,…")])
public struct Message: Sendable, Hashable {
    /// Who speaks.
    public var role: Role
    /// What is said; empty when an assistant only calls tools.
    public var content: [ContentPart]
    /// The tools an assistant wants called.
    public var toolCalls: [ToolCall]
    /// Which call a `tool` message answers.
    public var toolCallID: String?

    /// A message of any role.
    public init(role: Role, content: [ContentPart], toolCalls: [ToolCall] = [], toolCallID: String? = nil) {
        self.role = role
        self.content = content
        self.toolCalls = toolCalls
        self.toolCallID = toolCallID
    }

    /// The rules of the conversation.
    public static func system(_ text: String) -> Message { Message(role: .system, content: [.text(text)]) }

    /// The rules of the conversation, as newer models call them.
    public static func developer(_ text: String) -> Message { Message(role: .developer, content: [.text(text)]) }

    /// What the person says.
    public static func user(_ text: String) -> Message { Message(role: .user, content: [.text(text)]) }

    /// What the person says and shows.
    public static func user(_ parts: [ContentPart]) -> Message { Message(role: .user, content: parts) }

    /// What the model said before.
    public static func assistant(_ text: String, toolCalls: [ToolCall] = []) -> Message {
        Message(role: .assistant, content: text.isEmpty ? [] : [.text(text)], toolCalls: toolCalls)
    }

    /// What a tool returned.
    public static func tool(_ text: String, answering callID: String) -> Message {
        Message(role: .tool, content: [.text(text)], toolCallID: callID)
    }
}

extension Message {
    /// Who speaks.
    public enum Role: String, Sendable, Hashable, CaseIterable {
        case system
        case developer
        case user
        case assistant
        case tool
    }

    /// A piece of a message.
    public enum ContentPart: Sendable, Hashable {
        /// Plain text.
        case text(String)
        /// A picture: an address the provider can fetch, or a `data:` URL.
        case image(url: String)
    }

    /// All text of the message, in order.
    public var text: String {
        content.compactMap { part in
            if case .text(let text) = part { text } else { nil }
        }.joined()
    }
}

/// A model's wish to have a function called.
public struct ToolCall: Sendable, Hashable {
    /// The call's id, which the answering `tool` message repeats.
    public var id: String
    /// The function's name.
    public var name: String
    /// The arguments as the model wrote them: JSON text, not validated by anybody.
    public var arguments: String

    /// A call of a function.
    public init(id: String, name: String, arguments: String) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }
}
