/// How a request goes about cached answers.
///
///     let request = ModelRequest("Explain monads", task: .explanation, cache: .refresh)
public enum CachePolicy: String, Sendable, Hashable, CaseIterable {
    /// Answers from the cache when it can, and keeps the answer; not for sampled answers, of which callers want another
    /// one each time.
    case use
    /// Asks, and keeps the new answer in the place of the old one.
    case refresh
    /// Answers from the cache or not at all.
    case only
    /// Neither looks nor keeps.
    case off
    /// As `use`, for sampled answers too.
    case always
}
