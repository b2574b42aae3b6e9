/// An HTTP answer before it is put on the wire.
struct Reply: Sendable {
    enum Content: Sendable {
        case document([UInt8])
        case stream([StreamEvent])
    }

    var status: Int
    var headers: [HeaderField] = []
    var contentType: String?
    var content: Content
    /// How many tokens a whole document stands for, for delays by token.
    var tokens = 0

    init(_ error: PlatformError) {
        status = error.status
        headers = error.headers
        contentType = error.contentType
        content = .document(error.body)
    }

    /// A document with status 200.
    init(document: [UInt8]) {
        status = 200
        contentType = "application/json; charset=utf-8"
        content = .document(document)
    }

    /// What an interpretation comes to when nothing interferes.
    init(_ interpretation: Interpretation, catalog: ModelCatalog) {
        switch interpretation.outcome {
        case .refused(let error): self.init(error)
        case .embeddings(let document, let tokens):
            self.init(document: document)
            headers = Self.deploymentLimits(after: tokens)
        case .chat(let answer):
            self.init(document: [])
            if interpretation.stream {
                contentType = "text/event-stream; charset=utf-8"
                content = .stream(answer.events)
            } else {
                content = .document(answer.document)
                tokens = answer.completionTokens
            }
            if answer.model.isOpenAI {
                headers = Self.deploymentLimits(after: answer.promptTokens + answer.completionTokens)
            }
        }
    }

    /// The numbers of the deployment behind OpenAI's models. They are nobody's own limits, and look as if they were.
    private static func deploymentLimits(after tokens: Int) -> [HeaderField] {
        [
            HeaderField("x-ratelimit-limit-requests", "20000"),
            HeaderField("x-ratelimit-limit-tokens", "2000000"),
            HeaderField("x-ratelimit-remaining-requests", "19999"),
            HeaderField("x-ratelimit-remaining-tokens", String(2_000_000 - tokens)),
        ]
    }
}
