internal import CoreMetrics
internal import Synchronization

/// What had to do with an answer, as a label: where it came from.
enum AnswerSource: String, Sendable, CaseIterable {
    /// A model was asked.
    case no
    /// It was kept.
    case hit
    /// It was kept, and its time was over.
    case stale
    /// It is the answer to an equal request that was under way.
    case shared

    init(_ status: CacheStatus?) {
        switch status {
        case .hit: self = .hit
        case .stale: self = .stale
        case .shared: self = .shared
        case .miss, .bypass, nil: self = .no
        }
    }
}

/// The handles of one model. Each is made when it is needed first, and kept.
final class ModelSeries: Sendable {
    /// What requests of one kind are counted with.
    final class Kind: Sendable {
        let requests: Counter
        let responseTime: Timer
        let overhead: Timer
        let error: Counter?

        init(_ key: Key, model: String, _ factory: any MetricsFactory) {
            let cached = key.source.rawValue
            requests = Counter(
                label: MetricNames.requests,
                dimensions: [
                    ("model", model), ("task", key.task.rawValue), ("cached", cached), ("outcome", key.outcome),
                ],
                factory: factory
            )
            let dimensions = [("model", model), ("cached", cached)]
            responseTime = Timer(label: MetricNames.responseTime, dimensions: dimensions, factory: factory)
            overhead = Timer(label: MetricNames.overhead, dimensions: [("cached", cached)], factory: factory)
            error =
                key.outcome == "answered"
                ? nil
                : Counter(
                    label: MetricNames.errors,
                    dimensions: [("model", model), ("category", key.outcome)],
                    factory: factory
                )
        }
    }

    /// What was sent to one provider, and came to one end.
    final class Attempts: Sendable {
        let count: Counter
        let time: Timer

        init(_ key: AttemptKey, model: String, _ factory: any MetricsFactory) {
            let dimensions = [("provider", key.provider), ("model", model)]
            count = Counter(
                label: MetricNames.attempts,
                dimensions: dimensions + [("outcome", key.outcome)],
                factory: factory
            )
            time = Timer(label: MetricNames.attemptTime, dimensions: dimensions, factory: factory)
        }
    }

    struct Key: Hashable, Sendable {
        let task: TaskType
        let source: AnswerSource
        let outcome: String
    }

    struct AttemptKey: Hashable, Sendable {
        let provider: String
        let outcome: String
    }

    private struct State {
        var kinds: [Key: Kind] = [:]
        var attempts: [AttemptKey: Attempts] = [:]
        var firstToken: Timer?
    }

    // What needs no more than the model.
    let promptTokens: Counter
    let answerTokens: Counter
    let savedPromptTokens: Counter
    let savedAnswerTokens: Counter
    let fallbacks: Counter
    let cost: FloatingPointCounter
    private let model: String
    private let factory: any MetricsFactory
    private let state = Mutex(State())

    init(model: String, factory: any MetricsFactory) {
        self.model = model
        self.factory = factory
        let dimensions = [("model", model)]
        func tokens(_ name: String, _ kind: String) -> Counter {
            Counter(label: name, dimensions: dimensions + [("kind", kind)], factory: factory)
        }
        promptTokens = tokens(MetricNames.tokens, "prompt")
        answerTokens = tokens(MetricNames.tokens, "completion")
        savedPromptTokens = tokens(MetricNames.savedTokens, "prompt")
        savedAnswerTokens = tokens(MetricNames.savedTokens, "completion")
        fallbacks = Counter(label: MetricNames.fallbacks, dimensions: dimensions, factory: factory)
        cost = FloatingPointCounter(label: MetricNames.cost, dimensions: dimensions, factory: factory)
    }

    /// For streams only: a histogram is long.
    func firstToken() -> Timer {
        state.withLock { state in
            if let known = state.firstToken { return known }
            let made = Timer(label: MetricNames.firstToken, dimensions: [("model", model)], factory: factory)
            state.firstToken = made
            return made
        }
    }

    func kind(_ key: Key) -> Kind {
        state.withLock { state in
            if let known = state.kinds[key] { return known }
            let made = Kind(key, model: model, factory)
            state.kinds[key] = made
            return made
        }
    }

    func attempts(_ key: AttemptKey) -> Attempts {
        state.withLock { state in
            if let known = state.attempts[key] { return known }
            let made = Attempts(key, model: model, factory)
            state.attempts[key] = made
            return made
        }
    }
}
