/// Why a request may not be sent now.
public struct QuotaObstacle: Sendable, Hashable {
    /// Which limit is in the way.
    public enum Limit: Sendable, Hashable {
        /// A limit over time.
        case window(QuotaLimit.Unit, QuotaLimit.Period, of: Int64)
        /// Requests at once.
        case concurrency(of: Int)
    }

    /// The meter, such as `gpt-4o@github`.
    public var meter: QuotaMeterID
    /// Which of its limits.
    public var limit: Limit
    /// When there is room, as far as is known, in milliseconds since 1970-01-01 UTC; nil: never, because the request alone
    /// is more than the limit. For concurrency the latest moment: a slot may become free at any time.
    public var opening: Int64?

    /// Whether it passes within a minute or so: worth waiting for.
    public var passesSoon: Bool {
        switch limit {
        case .window(_, let period, _): period == .minute && opening != nil
        case .concurrency: true
        }
    }
}

/// Whose use is counted: a model at a provider with one credential, or all of its models, or one of Aurelis's keys.
public struct QuotaMeterID: Sendable, Hashable, Codable, CustomStringConvertible {
    /// A name that is the same in every process, and holds no secret.
    public var rawValue: String

    /// A meter by its name.
    public init(_ rawValue: String) { self.rawValue = rawValue }

    /// The name.
    public var description: String { rawValue }
}
