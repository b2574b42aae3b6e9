/// Why a request has no answer: one typed error for every layer, decided by status and body.
///
///     do throws(ModelError) {
///         let response = try await orchestrator.respond(to: "Write a tokenizer in Swift")
///     } catch where error.category == .rateLimit {
///         print("try again in", error.retryAfter ?? .seconds(60))
///     }
public struct ModelError: Error, Sendable {
    /// What kind of failure it is: decides retry, fallback, HTTP status and exit code.
    public var category: Category
    /// What went wrong, for a person. Never holds a credential.
    public var message: String
    /// What the person can do about it, when Aurelis knows.
    public var hint: String?
    /// What only whoever runs Aurelis is to know, such as where a credential was looked for: commands and logs tell it, an
    /// answer over HTTP never does.
    public var detail: String?
    /// The provider's (or Aurelis's own) machine-readable code, such as `RateLimitReached`.
    public var code: String?
    /// The request field at fault, such as `messages`.
    public var parameter: String?
    /// The HTTP status the provider answered with; nil when there was no HTTP answer.
    public var status: Int?
    /// Which limit was hit, when `category` is `rateLimit` and the provider said so.
    public var limit: RateLimit?
    /// How much that limit allows, of what, when the provider said so.
    public var limitAmount: (amount: Int64, unit: QuotaLimit.Unit)?
    /// How long to wait before the next try, as the provider asked.
    public var retryAfter: Duration?
    /// The provider's own id of the failed request, for its support.
    public var providerRequestID: String?
    /// Who failed; nil when the request never reached a provider.
    public var provider: ProviderID?
    /// Which model failed; nil when none was chosen.
    public var model: ModelID?
    /// The provider's error body as received, so that a gateway can pass it on unchanged.
    public var body: [UInt8]?
    /// Whether it is certain that the provider has not seen the request.
    public var isUnsent = false
    /// The key of Aurelis's own that is not for this, or has used up what it may; nil: it was not for a key.
    public var key: String?
    /// How the request travelled until it failed.
    public var trace: RouteTrace?

    /// An error of a category with a message; the rest is set where it is known.
    public init(_ category: Category, _ message: String, code: String? = nil, hint: String? = nil) {
        self.category = category
        self.message = message
        self.code = code
        self.hint = hint
    }
}

extension ModelError {
    /// A kind of failure. Open: later versions may add kinds, so switch over it with a default.
    public struct Category: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        /// The stable name used in logs, metrics and JSON.
        public let rawValue: String

        /// A category by its stable name.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The stable name.
        public var description: String { rawValue }

        /// No credential, or one that the provider refuses (401).
        public static let authentication = Category(rawValue: "authentication")
        /// A good credential without the right (403).
        public static let permission = Category(rawValue: "permission")
        /// A limit that passes by itself (429): see `ModelError.limit`.
        public static let rateLimit = Category(rawValue: "rate_limit")
        /// A budget or plan that is used up and does not come back by waiting.
        public static let quota = Category(rawValue: "quota")
        /// A request nobody can answer (400, 422).
        public static let invalidRequest = Category(rawValue: "invalid_request")
        /// More tokens than the model or the plan takes (413, or 400 with the code).
        public static let contextLength = Category(rawValue: "context_length")
        /// Refused by a content filter.
        public static let contentFilter = Category(rawValue: "content_filter")
        /// The provider does not serve the model (now).
        public static let modelUnavailable = Category(rawValue: "model_unavailable")
        /// The provider or model is gone for good (410).
        public static let retired = Category(rawValue: "retired")
        /// A time limit passed.
        public static let timeout = Category(rawValue: "timeout")
        /// The connection could not be made, or broke.
        public static let connection = Category(rawValue: "connection")
        /// The provider failed, or answered something that is no answer (5xx, HTML, malformed JSON).
        public static let upstream = Category(rawValue: "upstream")
        /// The caller went away.
        public static let cancelled = Category(rawValue: "cancelled")
        /// A security rule refused the request.
        public static let security = Category(rawValue: "security")
        /// Aurelis itself has no room for the request now (503).
        public static let overloaded = Category(rawValue: "overloaded")
        /// The cache has no answer, and nothing else was allowed.
        public static let notCached = Category(rawValue: "not_cached")
    }

    /// Which limit a 429 told of.
    public enum RateLimit: String, Sendable, Hashable {
        /// Requests in a minute: worth waiting for.
        case minute
        /// Requests in a day: worth another model.
        case day
        /// Requests at once: worth a short pause.
        case concurrency
    }
}

extension ModelError {
    /// Whether nobody serves such a model, as far as anybody knows, rather than nobody just now: the caller's to mend.
    package var isUnknownModel: Bool {
        category == .modelUnavailable && retryAfter == nil && (status ?? 0) < 500
    }
}

extension ModelError: CustomStringConvertible {
    /// One line for logs and terminals.
    public var description: String {
        var text = "\(category.rawValue): \(message)"
        if let hint { text += " (\(hint))" }
        return text
    }
}
