import AurelisTesting
import Testing

@testable import Aurelis

@Suite("Batch: generated runs that end anywhere")
struct BatchRunnerSequenceTests {
    /// Interrupts a batch again and again, against a provider with moods, and then lets it end.
    @Test("no item is lost and no answer is paid for twice", arguments: 0..<60 as Range<UInt64>)
    func interrupted(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let questions = (0..<Int.random(in: 4...25, using: &random)).map { _ in
            "question \(Int.random(in: 0..<18, using: &random))"
        }
        let items = questions.enumerated().map { BatchItem("\($0.offset)", ModelRequest($0.element, model: .gpt4o)) }
        let moods = (0..<400).map { _ in Int.random(in: 0..<10, using: &random) }
        let provider = ScriptedProvider()
        for mood in moods { provider.script(.gpt4o, Self.step(mood)) }
        var configuration = OrchestratorConfiguration()
        configuration.retry = .none
        let orchestrator = ModelOrchestrator(
            providers: [provider],
            configuration: configuration,
            time: ManualTimeSource(autoAdvancing: true)
        )
        var options = BatchOptions()
        options.inFlight = Int.random(in: 1...5, using: &random)
        options.patience = .seconds(1_000_000)
        let memory = BatchMemory()
        for _ in 0..<10 {
            let open = Self.open(questions, memory.settled())
            guard open > 0 else { break }
            let count = provider.attempts.count + Int.random(in: 1...open, using: &random)
            let chosen = options
            try await withThrowingTaskGroup(of: Int.self) { group in
                group.addTask { try await orchestrator.process(batch: items, options: chosen, journal: memory).count }
                await provider.attempts(atLeast: count)
                group.cancelAll()
                let results = try await group.next()
                #expect(results == items.count)
            }
        }
        var results: [BatchResult] = []
        // What the provider's moods have spoiled is asked again by another run.
        for _ in 0..<50 where results.isEmpty || results.contains(where: { !$0.isAnswered }) {
            results = try await orchestrator.process(batch: items, options: options, journal: memory)
        }
        #expect(results.map(\.customID) == items.map(\.customID))
        #expect(results.map(\.content) == questions.map { _ in "an answer" })
        let paid = zip(provider.attempts, moods).filter { $0.1 >= 4 }.map { "\($0.0.body)" }
        #expect(paid.count == Set(paid).count)
        #expect(paid.count == Set(questions).count)
    }

    private static func step(_ mood: Int) -> ScriptedProvider.Step {
        switch mood {
        case 0: return .failure(ModelError(.upstream, "503"))
        case 1: return .failure(ModelError(.timeout, "too slow"))
        case 2, 3:
            var error = ModelError(.rateLimit, "slow down")
            error.retryAfter = .seconds(mood * 10)
            return .failure(error)
        default: return .text("an answer")
        }
    }

    /// How many requests at least are still to be sent.
    private static func open(_ questions: [String], _ settled: BatchSettled) -> Int {
        let answered = Set(settled.answered.map { questions[$0 - 1] })
        return Set(questions).subtracting(answered).count
    }
}
