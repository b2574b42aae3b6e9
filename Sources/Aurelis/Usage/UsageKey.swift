/// What is counted together: a day, whose requests, who answered, and what for.
public struct UsageKey: Sendable, Hashable {
    /// The day, counted from 1970-01-01 UTC.
    public var day: Int
    /// Whose requests; empty: nobody's in particular.
    public var tenant: String
    /// Who answered, or failed last; empty: nobody was asked.
    public var provider: String
    /// The model that answered, or failed last; empty: nobody was asked.
    public var model: String
    /// What the requests were for.
    public var task: String

    /// A key from its parts.
    public init(day: Int, tenant: String, provider: String, model: String, task: String) {
        self.day = day
        self.tenant = tenant
        self.provider = provider
        self.model = model
        self.task = task
    }

    /// The key under which a request counts.
    init(of record: RequestRecord) {
        self.init(
            day: Self.day(of: record.time),
            tenant: record.tenant,
            provider: record.provider ?? "",
            model: record.modelUsed ?? "",
            task: record.task.rawValue
        )
    }

    /// The day of a moment in milliseconds since 1970-01-01 UTC.
    public static func day(of milliseconds: Int64) -> Int { Int(milliseconds / 86_400_000) }

    /// `2026-11-24`
    public var date: String { String(TimeStamp(milliseconds: Int64(day) * 86_400_000).description.prefix(10)) }
}
