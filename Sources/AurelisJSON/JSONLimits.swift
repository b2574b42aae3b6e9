/// How much, and which, JSON a document accepts.
///
///     try JSONDocument(body)                                  // what a client sends: strict
///     try JSONDocument(answer, limits: .response)             // what a provider answers: tolerant
///     try JSONDocument(body, limits: .default.with { $0.maximumBytes = 1 << 20 })
public struct JSONLimits: Sendable, Hashable {
    /// How many arrays and objects may lie inside each other; `[]` has depth 1.
    public var maximumDepth: Int
    /// The longest text, in bytes; nil: 2 GiB, the most that a document can hold.
    public var maximumBytes: Int?
    /// Whether a name that occurs twice in the top-level object is an error.
    ///
    /// When it is not, the last one wins, as in JavaScript, Python and Go. Nested objects are not checked; there too
    /// the last one wins.
    public var rejectsDuplicateMembers: Bool
    /// Whether half a surrogate pair in a `\u` escape is accepted.
    ///
    /// The grammar of RFC 8259 allows it, but it is no character: most servers refuse it or fail. Where it is accepted
    /// its bytes stay as they are, and `JSONValue.string` reads it as U+FFFD.
    public var allowsLoneSurrogates: Bool

    /// Limits.
    public init(
        maximumDepth: Int = 128,
        maximumBytes: Int? = nil,
        rejectsDuplicateMembers: Bool = true,
        allowsLoneSurrogates: Bool = false
    ) {
        self.maximumDepth = maximumDepth
        self.maximumBytes = maximumBytes
        self.rejectsDuplicateMembers = rejectsDuplicateMembers
        self.allowsLoneSurrogates = allowsLoneSurrogates
    }

    /// Strict: what two readers could understand differently is refused before it costs a request.
    public static let `default` = JSONLimits()

    /// Tolerant: an answer that was paid for is not lost over half a character. A name that occurs twice is refused all
    /// the same: who checks an answer and who reads it may each take another one.
    public static let response = JSONLimits(allowsLoneSurrogates: true)

    /// A copy with a change.
    public func with(_ change: (inout JSONLimits) -> Void) -> JSONLimits {
        var copy = self
        change(&copy)
        return copy
    }
}
