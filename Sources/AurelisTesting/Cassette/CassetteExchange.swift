public import Aurelis
public import AurelisJSON

/// One attempt at one provider, and what came of it.
public struct CassetteExchange: Sendable {
    /// Who was asked.
    public var provider: ProviderID
    /// The model.
    public var model: ModelID
    /// The model by its name on the provider's wire.
    public var wireName: String
    /// What was asked.
    public var operation: ModelOperation
    /// Whether a stream was asked for.
    public var stream: Bool
    /// The name of the request: two requests that mean the same have the same one.
    public var key: CacheKey
    /// The request's body, for people; what looked like a secret is blanked out.
    public var request: JSONFragment
    /// What came.
    public var pieces: [Piece]
    /// What it ended with instead of an answer, or in the middle of one; nil: it was whole.
    public var failure: ModelError?

    /// Something that came: a whole answer, or a chunk of a stream.
    public struct Piece: Sendable {
        /// How long after the one before it, or after the request.
        public var delay: Duration
        /// The JSON.
        public var document: JSONDocument

        /// A piece.
        public init(after delay: Duration, _ document: JSONDocument) {
            self.delay = delay
            self.document = document
        }
    }

    init(_ attempt: ProviderAttempt, of provider: ProviderID, pieces: [Piece], failure: ModelError?) {
        self.provider = provider
        model = attempt.model.id
        wireName = attempt.model.wireName
        operation = attempt.operation
        stream = attempt.stream
        key = CacheKey(of: attempt, provider: provider)
        request = .raw(attempt.body.root)
        self.pieces = pieces
        self.failure = failure
    }
}

extension CacheKey {
    /// The name of what an attempt asks for; the beginning of an answer that is to be continued is a part of it.
    init(of attempt: ProviderAttempt, provider: ProviderID) {
        var body = attempt.body
        if let prefill = attempt.prefill { body.set("aurelis_prefill", to: .string(prefill)) }
        let call = ModelCall(operation: attempt.operation, body: body, model: attempt.model.id)
        // A cassette is played where the provider is not.
        self.init(of: call, provider: provider, address: "", model: attempt.model.wireName)
    }
}

// MARK: A line of the file

extension CassetteExchange {
    /// The exchange as one line.
    public var line: [UInt8] {
        var json = JSONWriter(capacity: 1_024)
        json.beginObject()
        json.field("provider", provider.rawValue)
        json.field("model", model.canonical)
        json.field("wire_name", wireName)
        json.field("operation", operation.rawValue)
        json.field("stream", stream)
        json.field("key", key.description)
        json.key("request")
        json.fragment(request)
        json.key("pieces")
        json.beginArray()
        for piece in pieces {
            json.beginObject()
            json.field("after_ms", Double(piece.delay.microseconds) / 1_000)
            json.key("json")
            json.fragment(.raw(piece.document.root))
            json.endObject()
        }
        json.endArray()
        if let failure {
            json.key("failure")
            failure.write(to: &json)
        }
        json.endObject()
        // Line ends in JSON are white space; here they would end the line.
        return json.bytes.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 } + [0x0A]
    }

    init(reading value: JSONValue) throws(CassetteError) {
        func text(_ name: String) throws(CassetteError) -> String {
            guard let text = value[name]?.string else { throw CassetteError("has no \(name)") }
            return text
        }
        provider = ProviderID(rawValue: try text("provider"))
        model = ModelID(try text("model"))
        wireName = try text("wire_name")
        guard let operation = ModelOperation(rawValue: try text("operation")) else {
            throw CassetteError("has an unknown operation")
        }
        self.operation = operation
        guard let key = CacheKey(parsing: try text("key")) else {
            throw CassetteError("has a key that is none: 64 hexadecimal digits are wanted")
        }
        self.key = key
        guard let stream = value["stream"]?.bool else { throw CassetteError("does not say whether it is a stream") }
        self.stream = stream
        request = value["request"].map(JSONFragment.raw) ?? .null
        pieces = []
        for piece in value["pieces"]?.elements ?? .empty {
            guard let delay = piece["after_ms"]?.double, (0..<86_400_000).contains(delay), let json = piece["json"],
                let document = try? JSONDocument(Array(json.raw), limits: .response)
            else { throw CassetteError("has a piece without `after_ms` and `json`") }
            pieces.append(Piece(after: .microseconds(Int64(delay * 1_000)), document))
        }
        failure = try value["failure"].map { value throws(CassetteError) in try ModelError(recorded: value) }
        guard failure != nil || !pieces.isEmpty else { throw CassetteError("has neither an answer nor a failure") }
    }
}

extension ModelError {
    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("category", category.rawValue)
        json.field("message", message)
        if let code { json.field("code", code) }
        if let status { json.field("status", status) }
        if let retryAfter { json.field("retry_after_ms", Int(retryAfter.milliseconds)) }
        if let limit { json.field("limit", limit.rawValue) }
        json.endObject()
    }

    fileprivate init(recorded value: JSONValue) throws(CassetteError) {
        guard let category = value["category"]?.string else { throw CassetteError("has a failure without category") }
        self.init(Category(rawValue: category), value["message"]?.string ?? "recorded failure")
        code = value["code"]?.string
        status = value["status"]?.int
        retryAfter = value["retry_after_ms"]?.int.map { .milliseconds($0) }
        limit = value["limit"]?.string.flatMap(RateLimit.init(rawValue:))
    }
}
