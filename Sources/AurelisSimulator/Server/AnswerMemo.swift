internal import NIOCore

/// A request's interpretation, and its answer ready for the wire.
final class PreparedAnswer: Sendable {
    let interpretation: Interpretation
    let reply: Reply
    /// The whole answer to a client that keeps its connection.
    let bytes: ByteBuffer
    let requestIDPlace: Int

    init(_ interpretation: Interpretation, catalog: ModelCatalog) {
        self.interpretation = interpretation
        reply = Reply(interpretation, catalog: catalog)
        (bytes, requestIDPlace) = ResponseScript.whole(reply)
    }
}

/// Remembers answers by the bytes of their requests: they depend on nothing else.
///
/// Bounded by entries and bytes; a full memo starts anew, which costs less than keeping order on every hit.
struct AnswerMemo: Sendable {
    private struct Entry: Sendable {
        var endpoint: Endpoint
        var body: ByteBuffer
        var answer: PreparedAnswer
    }

    /// Longer requests are rarely sent twice, and cost enough that looking them up gains little.
    static let longestBody = 64 << 10

    private let maximumEntries: Int
    private let maximumBytes: Int
    private var entries: [UInt64: Entry] = [:]
    private var bytes = 0

    init(maximumEntries: Int = 1_024, maximumBytes: Int = 32 << 20) {
        self.maximumEntries = maximumEntries
        self.maximumBytes = maximumBytes
    }

    static func hash(_ endpoint: Endpoint, _ body: ByteBuffer) -> UInt64 {
        var hash = StableHash(seed: UInt64(truncatingIfNeeded: endpoint.ordinal))
        body.withUnsafeReadableBytes { hash.combine($0) }
        return hash.value
    }

    func answer(_ hash: UInt64, _ endpoint: Endpoint, _ body: ByteBuffer) -> PreparedAnswer? {
        guard let entry = entries[hash], entry.endpoint == endpoint, entry.body == body else { return nil }
        return entry.answer
    }

    mutating func remember(_ answer: PreparedAnswer, _ hash: UInt64, _ endpoint: Endpoint, _ body: ByteBuffer) {
        let size = body.readableBytes + answer.bytes.readableBytes * 2
        if entries.count >= maximumEntries || bytes + size > maximumBytes {
            entries.removeAll(keepingCapacity: true)
            bytes = 0
        }
        bytes += size
        // A copy, because the connection's buffer is larger and in use.
        entries[hash] = Entry(endpoint: endpoint, body: ByteBuffer(bytes: body.readableBytesView), answer: answer)
    }
}

extension Endpoint {
    fileprivate var ordinal: Int {
        switch self {
        case .chat(.current): 1
        case .chat(.legacy): 2
        case .chat(.openAI): 3
        case .embeddings(.current): 4
        case .embeddings(.legacy): 5
        case .embeddings(.openAI): 6
        case .models, .control, .unknown: 0
        }
    }
}
