/// What two items must have in common so that one answer serves both.
struct BatchKey: Hashable, Sendable {
    private let answer: CacheKey
    private let task: TaskType
    private let fallback: FallbackRule?
    private let strategy: RoutingStrategy?

    /// nil: the item wants an answer of its own, by the same rules as in the cache.
    init?(_ call: ModelCall) {
        guard call.cache != .off, call.cache == .always || call.variety == nil else { return nil }
        answer = CacheKey(of: call, provider: "", model: call.model?.canonical ?? "")
        task = call.task
        fallback = call.fallback
        strategy = call.strategy
    }
}
