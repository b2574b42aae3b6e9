internal import AurelisJSON

/// Fits a second streamed answer to a first one that broke off, so that the caller sees one.
///
///     var resume = StreamResume(delivered: Array(text.utf8), expecting: .repetition, chunkID: "chatcmpl-1")
///     switch resume.take(event) {
///     case .swallow:            // the caller has it already
///     case .emit(let event):    // new: send it
///     case .diverged:           // another answer: give this stream up
///     }
///
/// Texts are compared as decoded UTF-8, however both streams cut them into chunks and escape them. The chunk in which
/// the first text ends is cut in two. Nothing is shown before the seam, so a stream that diverges leaves no trace.
struct StreamResume: Sendable {
    /// What the second answer holds.
    enum Expectation: Sendable {
        /// The delivered text once more, and then the rest.
        case repetition
        /// Only the rest; from a server that begins anew all the same, the text once more.
        case continuation
    }

    /// What becomes of an event.
    enum Action: Sendable {
        /// The caller has it already, or needs it no more.
        case swallow
        /// The caller is shown this.
        case emit(ProviderEvent)
        /// The second answer is not the first one: nothing of it may be shown.
        case diverged
    }

    private let delivered: [UInt8]
    private let chunkID: String?
    /// How much of the delivered text has been repeated.
    private var matched = 0
    /// Whether a repetition is still in doubt: what has matched may as well be new.
    private var mayBeNew: Bool
    /// Whether the place has been reached from which on everything is new.
    private(set) var isMatched = false

    /// - Parameters:
    ///   - delivered: the text that the caller has.
    ///   - chunkID: the `id` of the first answer's chunks, which the second answer's get; nil: they keep their own.
    init(delivered: [UInt8], expecting expectation: Expectation, chunkID: String?) {
        self.delivered = delivered
        self.chunkID = chunkID
        mayBeNew = expectation == .continuation
    }

    /// No continuation begins by chance with so many bytes of the answer's beginning.
    private static let proof = 32

    /// Decides what becomes of the second answer's next event.
    mutating func take(_ event: ProviderEvent) -> Action {
        if isMatched { return .emit(renamed(event)) }
        if event.isDone { return .diverged }
        guard let chunk = event.chunk, let choice = chunk["choices"]?[0] else { return .swallow }
        guard choice["index"]?.int ?? 0 == 0, isText(choice["delta"]) else { return .diverged }
        let text = choice["delta"]?["content"]?.string ?? ""
        let isLast = choice["finish_reason"].map { !$0.isNull } ?? false
        let before = matched
        let repeated = repetition(in: text)
        let rest = text.utf8.dropFirst(repeated)
        if mayBeNew, !rest.isEmpty || isLast {
            // It is the rest of the answer after all; what was held back of it comes first.
            isMatched = true
            guard before > 0 else { return .emit(renamed(event)) }
            return .emit(rewritten(chunk, choice: choice, text: delivered.prefix(before) + Array(text.utf8)))
        }
        guard rest.isEmpty || matched == delivered.count else { return .diverged }
        if rest.isEmpty {
            // The same text to its end means that the answer was complete where it broke.
            guard isLast else { return .swallow }
            guard matched == delivered.count else { return .diverged }
        }
        isMatched = true
        return .emit(repeated == 0 ? renamed(event) : rewritten(chunk, choice: choice, text: Array(rest)))
    }

    /// How many bytes of a chunk's text the caller has already; the rest is new, or another answer.
    private mutating func repetition(in text: String) -> Int {
        var count = 0
        for (byte, known) in zip(text.utf8, delivered[matched...]) {
            guard byte == known else { break }
            count += 1
        }
        matched += count
        if matched >= Self.proof { mayBeNew = false }
        return count
    }

    /// Whether a delta is made of nothing that text alone cannot bring back.
    private func isText(_ delta: JSONValue?) -> Bool {
        guard let delta else { return true }
        for (key, value) in delta.members where !value.isNull {
            switch key {
            case "content": if value.kind != .string { return false }
            case "tool_calls", "function_call", "refusal", "audio": return false
            default: continue
            }
        }
        return true
    }

    /// The event under the first answer's id.
    private func renamed(_ event: ProviderEvent) -> ProviderEvent {
        guard let chunkID, var chunk = event.chunk, let id = chunk["id"], !id.stringEquals(chunkID) else {
            return event
        }
        chunk.set("id", to: .string(chunkID))
        return ProviderEvent(chunk)
    }

    /// The chunk with another text. Log-probabilities no longer fit and are left out; all else stays.
    private func rewritten(_ chunk: JSONDocument, choice: JSONValue, text: [UInt8]) -> ProviderEvent {
        var chunk = chunk
        let text = String(decoding: text, as: UTF8.self)
        if let chunkID, chunk["id"] != nil { chunk.set("id", to: .string(chunkID)) }
        let delta = choice["delta"].map { $0.replacing("content", by: .string(text)) } ?? .null
        chunk.set("choices", to: .array([choice.replacing("delta", by: delta, without: "logprobs")]))
        return ProviderEvent(chunk)
    }
}

extension JSONValue {
    /// This object with one member's value replaced and another member left out.
    fileprivate func replacing(
        _ name: String,
        by value: JSONFragment,
        without other: String? = nil
    ) -> JSONFragment {
        .object(members.filter { $0.key != other }.map { ($0.key, $0.key == name ? value : .raw($0.value)) })
    }
}

extension ProviderEvent {
    /// An event with a chunk of Aurelis's own making.
    init(_ chunk: JSONDocument) {
        self.init(raw: Array("data: ".utf8) + chunk.bytes + Array("\n\n".utf8), chunk: chunk)
    }
}
