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
    /// The second answer's text, chunk by chunk.
    private var reader = ChunkTextReader()
    /// Whether the place has been reached from which on everything is new.
    private(set) var isMatched = false

    /// - Parameters:
    ///   - delivered: the text that the caller has.
    ///   - chunkID: the `id` of the first answer's chunks, which the second answer's get; nil: they keep their own.
    init(delivered: [UInt8], expecting expectation: Expectation, chunkID: String?) {
        self.delivered = delivered
        self.chunkID = chunkID
        mayBeNew = expectation == .continuation && !delivered.isEmpty
    }

    /// No continuation begins by chance with so many bytes of the answer's beginning.
    private static let proof = 32

    /// Whether the caller's text has been told to its end: what is more than an opening comes after it.
    private var isRepeated: Bool { matched == delivered.count && !mayBeNew }

    /// Decides what becomes of the second answer's next event.
    mutating func take(_ event: ProviderEvent) -> Action {
        if isMatched { return .emit(event.renamed(chunkID)) }
        if event.isDone { return takeOther(event) }
        guard let chunk = event.chunk else { return .swallow }
        var choices = (chunk["choices"]?.elements ?? .empty).makeIterator()
        guard let choice = choices.next() else {
            let isNew = isRepeated && chunk["usage"].map { !$0.isNull } ?? false
            return isNew ? takeOther(event) : .swallow
        }
        let isOnly = choice["index"]?.int ?? 0 == 0 && choices.next() == nil
        guard isOnly, choice.isText else { return takeOther(event) }
        return takeText(of: event, chunk, choice)
    }

    /// What is not text cannot be compared: it is new when the text has been told, and another answer before.
    private mutating func takeOther(_ event: ProviderEvent) -> Action {
        guard isRepeated else { return .diverged }
        isMatched = true
        return .emit(event.renamed(chunkID))
    }

    private mutating func takeText(of event: ProviderEvent, _ chunk: JSONDocument, _ choice: JSONValue) -> Action {
        let isLast = choice["finish_reason"].map { !$0.isNull } ?? false
        let held = matched
        let beginsInside = reader.isInsideCharacter
        let text = reader.read(choice["delta"]?["content"])
        var shown = Array(text.utf8.dropFirst(repetition(in: text)))
        // The end, with nothing new before it, means that the answer was complete where it broke.
        guard !shown.isEmpty || isLast else { return .swallow }
        if mayBeNew {
            // It is the rest of the answer after all; what was held back of it comes first.
            shown = delivered.prefix(held) + Array(text.utf8)
        } else {
            // Nobody can go on with a text that was cut inside a character.
            guard isRepeated, shown.first.map(UTF8.isContinuation) != true else { return .diverged }
        }
        isMatched = true
        if shown.count == text.utf8.count, !beginsInside { return .emit(event.renamed(chunkID)) }
        return .emit(chunk.rewritten(chunkID, choice: choice, content: reader.content(shown)))
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
}
