import Aurelis
import AurelisJSON
import Synchronization

/// A provider whose answers are a closure of the test's.
final class TestProvider: ModelProvider {
    typealias Answer = @Sendable (ProviderAttempt) async throws(ModelError) -> ProviderAnswer

    let id: ProviderID = "scripted"
    let models: [ProviderModel]
    private let answer: Answer
    private let received = Mutex<[ProviderAttempt]>([])

    init(
        models: [ProviderModel] = [
            ProviderModel(id: .gpt4oMini, wireName: "openai/gpt-4o-mini"),
            ProviderModel(id: "Qwen/Qwen3 Coder", wireName: "Qwen/Qwen3 Coder"),
        ],
        answer: @escaping Answer = { _ throws(ModelError) in .whole(Samples.completion) }
    ) {
        self.models = models
        self.answer = answer
    }

    var attempts: [ProviderAttempt] { received.withLock { $0 } }

    func model(_ id: ModelID, for operation: ModelOperation) -> ProviderModel? { models.first { $0.id == id } }

    func send(_ attempt: ProviderAttempt) async throws(ModelError) -> ProviderAnswer {
        received.withLock { $0.append(attempt) }
        return try await answer(attempt)
    }
}

/// A stream whose events are a closure of the test's; counts how often it is asked.
final class TestStream: ProviderStream {
    typealias Next = @Sendable (_ pull: Int) async throws(ModelError) -> ProviderEvent?

    let cancelled = Signal()
    private let pulled = Atomic<Int>(0)
    private let source: Next

    init(_ source: @escaping Next) { self.source = source }

    /// These events, then the end or the failure.
    convenience init(_ events: [ProviderEvent], failing error: ModelError? = nil) {
        self.init { pull throws(ModelError) in
            if pull < events.count { return events[pull] }
            if let error { throw error }
            return nil
        }
    }

    var pulls: Int { pulled.load(ordering: .sequentiallyConsistent) }

    func next() async throws(ModelError) -> ProviderEvent? {
        try await source(pulled.add(1, ordering: .sequentiallyConsistent).oldValue)
    }

    func cancel() { cancelled.fire() }
}

/// Waits until the task is cancelled.
func untilCancelled() async {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    await withTaskCancellationHandler {
        for await _ in stream {}
    } onCancel: {
        continuation.finish()
    }
}
