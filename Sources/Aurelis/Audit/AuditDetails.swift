package import AurelisJSON

/// What a request brings along beside its record: whose it is, what its caller attached, and, where that is wanted, what
/// was said.
///
/// Copied out of the request's body while it is there, bounded; nothing of it is read before the log writes it.
package struct AuditDetails: Sendable, Hashable {
    /// The `user` of the body, as JSON.
    var user: [UInt8]?
    /// The `metadata` of the body, as JSON.
    var metadata: [UInt8]?
    /// What was asked: role and text.
    var prompt: [Passage]?
    /// What was answered.
    var answer: String?
    /// The code of its failure.
    package var code: String?
    /// The key of Aurelis's own that was not for it, or has used up what it may.
    package var key: String?

    /// A part of a conversation.
    struct Passage: Sendable, Hashable {
        var role: String
        var text: String
    }

    /// More metadata than this is left out.
    static let maximumMetadata = 16 << 10
    /// How much of a text is looked at: what is written of it is shorter, and a secret across the cut is still whole.
    static let maximumText = 16 << 10
    private static let maximumPassages = 64

    /// Nothing.
    package init() {}

    /// What the log needs of a request.
    package init(of call: ModelCall, answer: JSONDocument? = nil, text: String? = nil, withContent: Bool) {
        if let user = call.body["user"], user.kind == .string, user.raw.count <= 4_096 { self.user = Array(user.raw) }
        if let metadata = call.body["metadata"], metadata.kind == .object { self.metadata = Self.bounded(metadata) }
        guard withContent else { return }
        prompt = Self.prompt(of: call.body)
        self.answer = text.map(Self.beginning) ?? answer.flatMap(Self.answer)
    }

    var weight: Int {
        let texts = (prompt ?? []).reduce(0) { $0 + $1.text.utf8.count } + (answer?.utf8.count ?? 0)
        return (user?.count ?? 0) + (metadata?.count ?? 0) + texts
    }

    private static func bounded(_ metadata: JSONValue) -> [UInt8] {
        metadata.raw.count <= maximumMetadata ? Array(metadata.raw) : Array(#"{"omitted":"more than 16 KiB"}"#.utf8)
    }

    private static func prompt(of body: JSONDocument) -> [Passage] {
        if let messages = body["messages"], messages.kind == .array {
            return messages.elements.lazy.prefix(maximumPassages).map { message in
                Passage(role: beginning(message["role"]?.string ?? ""), text: text(of: message["content"]))
            }
        }
        guard let input = body["input"] ?? body["prompt"] else { return [] }
        return [Passage(role: "user", text: text(of: input))]
    }

    private static func answer(_ document: JSONDocument) -> String? {
        document["choices"]?[0]?["message"].map { text(of: $0["content"]) }
    }

    /// A text, or the texts of a list of parts.
    private static func text(of content: JSONValue?) -> String {
        guard let content else { return "" }
        if content.kind == .array {
            var text = ""
            for part in content.elements {
                text += (part.string ?? part["text"]?.string).map { text.isEmpty ? $0 : "\n" + $0 } ?? ""
                if text.utf8.count > maximumText { break }
            }
            return beginning(text)
        }
        return beginning(content.string ?? "")
    }

    static func beginning(_ text: String) -> String {
        text.utf8.count <= maximumText ? text : String(decoding: text.utf8.prefix(maximumText), as: UTF8.self)
    }
}
