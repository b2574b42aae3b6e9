public import CoreMetrics
internal import Synchronization

/// Counts what becomes of the requests, in whatever backend swift-metrics has.
///
///     let metrics = RequestMetrics(models: orchestrator.models.map(\.model.id))
///     let orchestrator = ModelOrchestrator(providers: [provider], recorder: metrics)
///
/// A request costs a few lookups and atomic additions; handles are made once for each model, task, source and outcome. All
/// labels are bounded: a model that is neither configured nor among the first 64 that have answered is `other`, and nothing
/// that a caller wrote becomes a label otherwise. What is most asked about is there at 0 from the beginning, because nobody
/// sees a counter grow that is born as 200.
public final class RequestMetrics: RequestRecorder {
    private struct State {
        var labels = ModelLabels()
        var models: [String: ModelSeries] = [:]
        var providers: Set<String> = []
    }

    private let factory: any MetricsFactory
    private let wait: CoreMetrics.Timer
    private let state: Mutex<State>

    /// Names of providers that attempts are told apart by.
    private static let maximumProviders = 64

    /// Nothing is counted yet.
    ///
    /// - Parameters:
    ///   - models: those with series of their own; more are told with `know`.
    ///   - factory: the backend.
    public init(models: some Sequence<ModelID> = [], factory: any MetricsFactory = MetricsSystem.factory) {
        self.factory = factory
        wait = Timer(label: MetricNames.wait, factory: factory)
        state = Mutex(State())
        SeriesAtZero.beside(models: factory)
        know(models)
    }

    /// Gives models series of their own, as those of the beginning have: a configuration was read again.
    public func know(_ models: some Sequence<ModelID>) {
        let models = Array(models)
        for model in state.withLock({ $0.labels.know(models) }) { SeriesAtZero.of(model: model, factory) }
    }

    /// Counts a request that has ended.
    public func record(_ record: RequestRecord) {
        let source = AnswerSource(record.trace.cache)
        let isAnswered = record.outcome == .answered
        let model = series(of: record, isServed: isAnswered)
        let kind = model.kind(ModelSeries.Key(task: record.task, source: source, outcome: record.label))
        kind.requests.increment()
        kind.responseTime.recordNanoseconds(record.duration.nanoseconds)
        kind.error?.increment()
        if isAnswered, let own = record.ownTime { kind.overhead.recordNanoseconds(own.nanoseconds) }
        if let first = record.firstContent, source == .no { model.firstToken().recordNanoseconds(first.nanoseconds) }
        if record.trace.waited > .zero { wait.recordNanoseconds(record.trace.waited.nanoseconds) }
        if let usage = record.usage { count(usage, of: model, source) }
        if let cost = record.cost, cost > 0 { model.cost.increment(by: Double(cost) / 1e12) }
        for attempt in record.trace.attempts where attempt.purpose != .shared { count(attempt) }
        if isAnswered, let first = record.trace.attempts.first, first.model.canonical != record.modelUsed {
            model.fallbacks.increment()
        }
    }

    private func count(_ usage: TokenUsage, of model: ModelSeries, _ source: AnswerSource) {
        let isSpent = source == .no
        (isSpent ? model.promptTokens : model.savedPromptTokens).increment(by: usage.prompt)
        (isSpent ? model.answerTokens : model.savedAnswerTokens).increment(by: usage.completion)
    }

    private func count(_ attempt: RouteTrace.Attempt) {
        let isServed = attempt.failure == nil
        let (model, provider) = state.withLock { state in
            let name = attempt.provider.rawValue
            let isKnown =
                state.providers.contains(name)
                || state.providers.count < Self.maximumProviders && state.providers.insert(name).inserted
            return (
                series(state.labels.label(of: attempt.model.canonical, isServed: isServed), &state),
                isKnown ? name : ModelLabels.other
            )
        }
        let outcome = attempt.failure?.label ?? "answered"
        let attempts = model.attempts(ModelSeries.AttemptKey(provider: provider, outcome: outcome))
        attempts.count.increment()
        attempts.time.recordNanoseconds(attempt.duration.nanoseconds)
    }

    private func series(of record: RequestRecord, isServed: Bool) -> ModelSeries {
        state.withLock { state in
            if let used = record.modelUsed {
                return series(state.labels.label(of: used, isServed: isServed), &state)
            }
            guard let named = record.modelRequested else { return series(ModelLabels.none, &state) }
            return series(state.labels.label(of: ModelID(named).canonical, isServed: false), &state)
        }
    }

    private func series(_ label: String, _ state: inout State) -> ModelSeries {
        if let known = state.models[label] { return known }
        let made = ModelSeries(model: label, factory: factory)
        state.models[label] = made
        return made
    }
}

extension RequestRecord {
    /// The time that neither a provider nor a wait took; nil: it cannot be told, because a stream was continued.
    var ownTime: Duration? {
        var rest = stream ? firstContent ?? .zero : duration
        for attempt in trace.attempts { rest -= attempt.duration + (attempt.waitAfter ?? .zero) }
        rest -= trace.waited
        return rest >= .zero ? rest : nil
    }
}

extension RequestRecord {
    /// The stable name of its end, of which there are only so many. What is its caller's to mend has names of its own.
    fileprivate var label: String {
        if let fault { return fault.rawValue }
        return if case .failed(let category) = outcome { category.label } else { outcome.rawValue }
    }
}

extension ModelError.Category {
    private static let all: Set<ModelError.Category> = [
        .authentication, .permission, .rateLimit, .quota, .invalidRequest, .contextLength, .contentFilter,
        .modelUnavailable, .retired, .timeout, .connection, .upstream, .cancelled, .security, .overloaded, .notCached,
        .diverged,
    ]

    /// The stable name; `other` for one that only a library's user has.
    fileprivate var label: String { Self.all.contains(self) ? rawValue : "other" }
}

extension Duration {
    /// Whole nanoseconds, as many as a number holds.
    package var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? (seconds < 0 ? .min : .max) : whole + attoseconds / 1_000_000_000
    }
}
