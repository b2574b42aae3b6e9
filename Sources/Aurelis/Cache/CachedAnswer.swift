internal import AurelisJSON

/// An answer that is kept, in the form in which it came; it can be given out in either.
final class CachedAnswer: Sendable {
    enum Content: Sendable {
        case whole(JSONDocument)
        /// The chunks of a stream, without comments and `[DONE]`.
        case chunks([JSONDocument])
    }

    let facts: CacheFacts
    let content: Content
    /// About what it takes in memory.
    let cost: Int

    init(facts: CacheFacts, content: Content) {
        self.facts = facts
        self.content = content
        // Two array headers and a record of each top-level member besides the text.
        let texts =
            switch content {
            case .whole(let document): document.bytes.count + 512
            case .chunks(let chunks): chunks.reduce(0) { $0 + $1.bytes.count + 512 }
            }
        cost = texts + facts.tags.reduce(0) { $0 + $1.utf8.count + 32 } + 512
    }

    /// The text's size.
    var size: Int {
        switch content {
        case .whole(let document): document.bytes.count
        case .chunks(let chunks): chunks.reduce(0) { $0 + $1.bytes.count }
        }
    }
}

extension CachedAnswer {
    /// The answer in one piece.
    func document() throws(ModelError) -> JSONDocument {
        switch content {
        case .whole(let document): return document
        case .chunks(let chunks):
            var assembler = CompletionAssembler()
            for chunk in chunks { assembler.append(chunk) }
            return try assembler.completion()
        }
    }

    /// The answer as events, `[DONE]` last.
    func events() throws(ModelError) -> [ProviderEvent] {
        switch content {
        case .whole(let document): try WholeAnswerStream.events(of: document)
        case .chunks(let chunks): chunks.map(ProviderEvent.init) + [.done]
        }
    }
}
