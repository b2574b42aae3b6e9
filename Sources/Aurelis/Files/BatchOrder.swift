/// What a batch is to ask.
package enum BatchEndpoint: String, Sendable, Hashable, Codable, CaseIterable {
    /// Chat completions.
    case chatCompletions = "/v1/chat/completions"
    /// Embeddings.
    case embeddings = "/v1/embeddings"

    /// What to do with lines in the form of the Responses API.
    package static let insteadOfResponses = "; put lines for \"/v1/responses\" as chat completions"

    /// The part of the gateway that its lines use.
    package var part: AccessEndpoint {
        switch self {
        case .chatCompletions: .chat
        case .embeddings: .embeddings
        }
    }

    /// What each of its lines asks.
    package var operation: ModelOperation {
        switch self {
        case .chatCompletions: .chatCompletion
        case .embeddings: .embedding
        }
    }
}

/// How long a batch may take: `24h`, `90m` or `7d`, from an hour to seven days.
package struct BatchWindow: Sendable, Hashable {
    /// As it was written.
    package let text: String
    /// How many seconds that are.
    package let seconds: Int64

    /// Reads a length of time; nil for anything else.
    package init?(_ text: String) {
        let units: [Character: Int64] = ["m": 60, "h": 3_600, "d": 86_400]
        let digits = text.dropLast()
        guard let unit = text.last.flatMap({ units[$0] }), digits.utf8.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }),
            digits.utf8.count <= 6, let count = Int64(digits), 3_600...604_800 ~= count * unit
        else { return nil }
        self.text = text
        seconds = count * unit
    }
}

/// What a client asks for when it hands a batch in.
package struct BatchOrder: Sendable, Hashable {
    /// The file with the requests.
    package var input: String
    /// The path that every line is for.
    package var endpoint: BatchEndpoint
    /// How long it may take.
    package var window: BatchWindow
    /// What the client notes beside it.
    package var metadata: [BatchRecord.Note]
    /// How many seconds its results are kept; nil: as long as the configuration says.
    package var outputLifetime: Int64?
    /// Whether its requests go before those of others.
    package var priority: RequestPriority

    /// An order.
    package init(
        input: String,
        endpoint: BatchEndpoint,
        window: BatchWindow,
        metadata: [BatchRecord.Note] = [],
        outputLifetime: Int64? = nil,
        priority: RequestPriority = .batch
    ) {
        self.input = input
        self.endpoint = endpoint
        self.window = window
        self.metadata = metadata
        self.outputLifetime = outputLifetime
        self.priority = priority
    }
}

/// Where clients' batches are kept, for the gateway, which does not know who works on them.
package protocol BatchStore: Sendable {
    /// Takes a batch in; it is safe when this returns.
    func createBatch(_ order: BatchOrder, by tenant: String) async throws(ModelError) -> BatchRecord

    /// A part of a tenant's batches, the newest first.
    func batches(of tenant: String, _ page: StoredPageRequest) async throws(ModelError) -> StoredPage<BatchRecord>

    /// A batch.
    ///
    /// - Throws: that there is none of that name.
    func batch(_ id: String, of tenant: String) async throws(ModelError) -> BatchRecord

    /// Has a batch left: what is under way ends, what is done is given out.
    ///
    /// - Throws: also that it has ended.
    func cancelBatch(_ id: String, of tenant: String) async throws(ModelError) -> BatchRecord
}
