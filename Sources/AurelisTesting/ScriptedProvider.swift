public import Aurelis
public import AurelisJSON
internal import Synchronization

/// A provider that answers as a test has written, and remembers what it was asked.
///
///     let provider = ScriptedProvider("github-models", models: [.gpt4o, .gpt4oMini])
///     provider.script(.gpt4o, .failure(ModelError(.upstream, "boom")), .text("hello"))
///     …
///     #expect(provider.attempts.count == 2)
///
/// A model whose script has run out answers with its own name.
public final class ScriptedProvider: ModelProvider {
    /// One scripted outcome of an attempt.
    public indirect enum Step: Sendable {
        /// A whole answer (or a stream of its words, when a stream is asked for).
        case text(String)
        /// A whole answer, as this JSON.
        case document(JSONDocument)
        /// A stream of these events, ended by the error when there is one.
        case events([ProviderEvent], ending: ModelError? = nil)
        /// A stream of these events, and then silence until the caller gives up.
        case stall(after: [ProviderEvent])
        /// A stream of these events, the rest of which waits for the gate.
        case paused(ScriptedGate, after: [ProviderEvent], then: [ProviderEvent])
        /// Another step, once the gate is open.
        case gated(ScriptedGate, Step)
        /// No answer.
        case failure(ModelError)
        /// No answer until the caller gives up.
        case silence
    }

    private struct State {
        var scripts: [ModelID: [Step]] = [:]
        var attempts: [ProviderAttempt] = []
        var cancellations = 0
        var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    /// The name that the routes show.
    public let id: ProviderID
    /// The models this provider serves.
    public let models: [ProviderModel]
    /// Where it claims to answer.
    public let address: String
    private let state = Mutex(State())

    /// A provider that serves some models under their canonical names.
    public init(_ id: ProviderID = "scripted", models: [ModelID] = ModelID.portfolio, address: String = "") {
        self.id = id
        self.address = address
        self.models = models.map { ProviderModel(id: $0, wireName: $0.canonical) }
    }

    /// A provider that serves some models of which more is known.
    public init(_ id: ProviderID = "scripted", serving models: [ProviderModel]) {
        self.id = id
        address = ""
        self.models = models
    }

    /// Appends outcomes to a model's script.
    public func script(_ model: ModelID, _ steps: Step...) {
        state.withLock { $0.scripts[model, default: []] += steps }
    }

    /// What was asked, in order.
    public var attempts: [ProviderAttempt] { state.withLock { $0.attempts } }

    /// How many silent attempts or streams were given up by the caller.
    public var cancellations: Int { state.withLock { $0.cancellations } }

    /// Returns once at least `count` attempts have arrived.
    public func attempts(atLeast count: Int) async {
        await withCheckedContinuation { continuation in
            let ready = state.withLock { state -> Bool in
                if state.attempts.count >= count { return true }
                state.watchers.append((count, continuation))
                return false
            }
            if ready { continuation.resume() }
        }
    }

    /// The model, when this provider was told to serve it.
    public func model(_ id: ModelID, for operation: ModelOperation) -> ProviderModel? {
        models.first { $0.id == id }
    }

    /// Plays the next step of the model's script.
    public func send(_ attempt: ProviderAttempt) async throws(ModelError) -> ProviderAnswer {
        attempt.onSending?()
        // Attempts are kept for the test to look at; what waits for this one's end does not wait for that.
        var attempt = attempt
        attempt.onSending = nil
        return try await play(take(attempt), for: attempt)
    }

    private func play(_ step: Step, for attempt: ProviderAttempt) async throws(ModelError) -> ProviderAnswer {
        switch step {
        case .gated(let gate, let step):
            await gate.pass()
            if Task.isCancelled {
                state.withLock { $0.cancellations += 1 }
                throw ModelError(.cancelled, "the caller gave up")
            }
            return try await play(step, for: attempt)
        case .paused(let gate, let before, let after):
            return .stream(ScriptedStream(before, gate: gate, then: after))
        case .text(let text): return try Self.answer(text, to: attempt)
        case .document(let document): return .whole(document)
        case .events(let events, let ending): return .stream(ScriptedStream(events, ending: ending))
        case .stall(let events): return .stream(ScriptedStream(events, ending: nil) { await self.untilCancelled() })
        case .failure(let error): throw error
        case .silence:
            await untilCancelled()
            throw ModelError(.cancelled, "the caller gave up")
        }
    }

    private func take(_ attempt: ProviderAttempt) -> Step {
        let (step, ready) = state.withLock { state in
            state.attempts.append(attempt)
            let ready = state.watchers.filter { $0.count <= state.attempts.count }.map(\.continuation)
            state.watchers.removeAll { $0.count <= state.attempts.count }
            guard var script = state.scripts[attempt.model.id], !script.isEmpty else {
                return (Step.text(attempt.model.wireName), ready)
            }
            let step = script.removeFirst()
            state.scripts[attempt.model.id] = script
            return (step, ready)
        }
        for continuation in ready { continuation.resume() }
        return step
    }

    private func untilCancelled() async {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        await withTaskCancellationHandler {
            for await _ in stream {}
        } onCancel: {
            state.withLock { $0.cancellations += 1 }
            continuation.finish()
        }
    }

    private static func answer(_ text: String, to attempt: ProviderAttempt) throws(ModelError) -> ProviderAnswer {
        if attempt.operation == .embedding { return .whole(try document(ScriptedAnswer.embedding)) }
        guard attempt.stream else {
            return .whole(try document(ScriptedAnswer.completion(text, model: attempt.model.wireName)))
        }
        return .stream(ScriptedStream(try ScriptedAnswer.events(text, model: attempt.model.wireName), ending: nil))
    }

    private static func document(_ bytes: [UInt8]) throws(ModelError) -> JSONDocument {
        do { return try JSONDocument(bytes) } catch { throw ModelError(.upstream, "script: \(error)") }
    }
}
