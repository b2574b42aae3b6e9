internal import AurelisJSON

extension ModelCall {
    /// The most tokens that all of its answers may have together, as it asks; nil: it does not say.
    ///
    /// Of two limits the larger one counts, since many servers know only `max_tokens`.
    var answerTokens: Int? {
        let limits = ["max_tokens", "max_completion_tokens"].compactMap { body[$0]?.int }
        guard let longest = limits.max() else { return nil }
        return answerTokens(of: longest)
    }

    /// The same when each answer has so many.
    func answerTokens(of each: Int) -> Int {
        let answers = max(1, Self.bounded(body["n"]?.int ?? 1))
        return min(Self.bounded(each) * answers, 100_000_000)
    }

    /// More than any model gives; two of them multiply without an overflow.
    private static func bounded(_ number: Int) -> Int { max(0, min(number, 10_000_000)) }
}
