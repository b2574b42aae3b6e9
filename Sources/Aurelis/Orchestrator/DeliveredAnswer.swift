internal import AurelisJSON

/// What the caller has received of a streamed answer: all that is needed to go on where it breaks off.
struct DeliveredAnswer: Sendable {
    /// The text, as it stood between the quotes of the chunks: appending costs no decoding.
    private var escapedText: [UInt8] = []
    /// Why the answer cannot be continued by text alone; nil when it can.
    private(set) var obstacle: Obstacle?
    /// The id that every chunk of the answer carries.
    private(set) var chunkID: String?

    /// What a text that is sent again does not bring back.
    enum Obstacle: String, Sendable {
        case toolCalls = "it calls tools"
        case severalChoices = "it has several choices"
        case otherContent = "it has content besides text"
        case tooLong = "it is longer than 1 MB"
    }

    /// No answer that people read is longer.
    private static let maximumBytes = 1 << 20

    /// Takes note of a chunk that the caller has got.
    mutating func append(_ chunk: JSONDocument, choice: JSONValue) {
        guard obstacle == nil else { return }
        if chunkID == nil { chunkID = chunk["id"]?.string }
        if let index = choice["index"]?.int, index != 0 { obstacle = .severalChoices }
        guard let delta = choice["delta"] else { return }
        for (key, value) in delta.members where !value.isNull {
            switch key {
            case "content": append(value)
            case "tool_calls", "function_call": if value.carriesSomething { obstacle = .toolCalls }
            case "refusal", "audio": if value.carriesSomething { obstacle = .otherContent }
            default: continue
            }
        }
    }

    private mutating func append(_ content: JSONValue) {
        guard content.kind == .string else {
            obstacle = .otherContent
            return
        }
        escapedText += content.raw.dropFirst().dropLast()
        if escapedText.count > Self.maximumBytes {
            obstacle = .tooLong
            escapedText = []
        }
    }

    /// The text in plain UTF-8; nil when the pieces do not join to a text.
    var text: String? {
        let quoted = [UInt8(ascii: "\"")] + escapedText + [UInt8(ascii: "\"")]
        return (try? JSONDocument(quoted))?.root.string
    }
}
