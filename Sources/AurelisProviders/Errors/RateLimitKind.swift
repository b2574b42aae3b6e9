internal import Aurelis
internal import AurelisTransport

/// Tells which limit a 429 is about.
enum RateLimitKind {
    /// nil: the provider did not say, and its wait does not tell.
    static func of(headers: HTTPHeaderList, body: ErrorBody, wait: Duration?) -> ModelError.RateLimit? {
        if let type = headers["x-ratelimit-type"]?.lowercased(), let limit = limit(in: type) { return limit }
        if let limit = limit(in: body.text) { return limit }
        guard let wait else { return nil }
        // Concurrency limits are answered with 0 seconds, minute limits with at most one or two minutes.
        if wait == .zero { return .concurrency }
        return wait > .seconds(120) ? .day : .minute
    }

    private static func limit(in text: String) -> ModelError.RateLimit? {
        if let seconds = window(in: text) { return seconds > 3_600 ? .day : .minute }
        let signs: [(ModelError.RateLimit, [String])] = [
            (.day, ["byday", "per day", "per-day", "perday", "(rpd)", "(tpd)", "daily"]),
            (.concurrency, ["concurren", "simultaneous", "in parallel"]),
            (.minute, ["byminute", "per min", "per-min", "perminute", "(rpm)", "(tpm)", "per second", "(rps)"]),
        ]
        return signs.first { _, words in words.contains { text.contains($0) } }?.0
    }

    /// How much is allowed, and of what; nil: the provider did not say.
    ///
    /// `Rate limit of 50 per 86400s exceeded`, or `… on tokens per min (TPM): Limit 6000, Used 5800`.
    static func amount(in text: String) -> (amount: Int64, unit: QuotaLimit.Unit)? {
        if let start = text.firstRange(of: "rate limit of ") {
            // What holds for all models together says nothing about this one.
            let isOfModel = text.contains("bymodel") || text.contains("concurrent")
            return isOfModel ? number(text[start.upperBound...]).map { ($0, .requests) } : nil
        }
        guard let start = text.firstRange(of: ": limit ") ?? text.firstRange(of: ". limit: "),
            let amount = number(text[start.upperBound...])
        else { return nil }
        let before = text[..<start.lowerBound]
        if ["(tpm)", "(tpd)", "tokens per"].contains(where: before.contains) { return (amount, .tokens) }
        return ["(rpm)", "(rpd)", "requests per"].contains(where: before.contains) ? (amount, .requests) : nil
    }

    private static func number(_ text: Substring) -> Int64? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        return digits.count <= 15 ? Int64(digits) : nil
    }

    /// The seconds of `Rate limit of 50 per 86400s exceeded`.
    private static func window(in text: String) -> Int? {
        guard let start = text.firstRange(of: "rate limit of "),
            let per = text[start.upperBound...].firstRange(of: " per ")
        else { return nil }
        let digits = text[per.upperBound...].prefix { $0.isASCII && $0.isNumber }
        guard text[digits.endIndex...].first == "s" else { return nil }
        return Int(digits)
    }
}
