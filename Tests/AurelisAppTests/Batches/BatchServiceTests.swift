import Aurelis
import AurelisStorage
import AurelisTesting
import Foundation
import Logging
import Synchronization
import Testing

@testable import AurelisApp

@Suite("Batches over HTTP: the work on them", .timeLimit(.minutes(1)))
struct BatchServiceTests {
    private static func lines(_ names: String...) -> [String] { names.map { BatchRig.line($0) } }

    @Test("answers in one file, errors in the other, each in the order of the input; bad lines are named by number")
    func results() async throws {
        try await BatchRig.with { rig async throws in
            var lines = Self.lines("a", "b", "c")
            lines.insert("{", at: 1)
            lines.append(BatchRig.line("same", "a"))
            lines.append(BatchRig.line("b"))
            lines.append(#"{"custom_id":"e","method":"POST","url":"/v1/embeddings","body":{"model":"x","input":"y"}}"#)
            let id = try await rig.order(lines)
            try await rig.working {
                let record = try await rig.record(id) { $0.status == .completed }
                #expect(record.total == 7 && record.answered == 4 && record.failed == 3)
                #expect(try await rig.names(record.output) == ["a", "b", "c", "same"])
                let errors = try await rig.results(record.errors)
                #expect(errors.map(\.error?.code) == ["invalid_json_line", "duplicate_custom_id", "invalid_url"])
                #expect(errors.compactMap(\.problem).map { String($0.prefix(7)) } == ["line 2 ", "line 6 ", "line 7 "])
                #expect(record.moments[.inProgress] != nil && record.moments[.finalizing] != nil)
            }
            #expect(rig.provider.attempts.count == 3)
        }
    }

    @Test("a batch without errors has no file of them, and nothing is kept twice")
    func noErrors() async throws {
        try await BatchRig.with { rig async throws in
            let id = try await rig.order(Self.lines("a"))
            try await rig.working {
                let record = try await rig.record(id) { $0.status.isFinal }
                #expect(record.errors == nil && record.output != nil)
            }
            let journal = try await DatabaseBatchJournal.open(
                directory: rig.directory,
                batch: DatabaseBatchJournal.Identity(name: id, input: id),
                logger: .init(label: "test")
            )
            #expect(try await journal.settled() == BatchSettled())
        }
    }

    @Test(
        "an input that holds nothing, or too much, fails as a whole",
        arguments: [("", "empty_file"), ("1\n2\n3", "too_many_requests")]
    )
    func faults(text: String, code: String) async throws {
        try await BatchRig.with { rig async throws in
            let id = try await rig.order([text])
            try await rig.working({ $0.maximumRequests = 2 }) {
                let record = try await rig.record(id) { $0.status.isFinal }
                #expect(record.status == .failed && record.fault?.code == code)
                #expect(record.output == nil && record.errors == nil && record.moments[.failed] != nil)
            }
        }
    }

    @Test("an input that is gone fails the batch")
    func missing() async throws {
        try await BatchRig.with { rig async throws in
            let id = try await rig.order(Self.lines("a"))
            let input = try #require(try await rig.store.batch(id)).input
            #expect(unlink(rig.directory + "/files/" + input) == 0)
            try await rig.working {
                let record = try await rig.record(id) { $0.status.isFinal }
                #expect(record.status == .failed && record.fault?.code == "input_file_unreadable")
                #expect(record.fault?.message == "the input file cannot be read: No such file or directory")
            }
        }
    }

    @Test("a batch that is left keeps what is done, and what was under way ends")
    func cancel() async throws {
        try await BatchRig.with { rig async throws in
            let gate = ScriptedGate()
            rig.provider.script(.gpt4o, .text("one"), .gated(gate, .text("two")))
            let id = try await rig.order(Self.lines("a", "b", "c"))
            try await rig.working({ $0.inFlight = 1 }) {
                await rig.provider.attempts(atLeast: 2)
                #expect(try await rig.store.cancelBatch(id, of: "").status == .cancelling)
                // It is seen while the second is under way: the third is never asked.
                try await rig.record(id) { $0.answered == 1 }
                gate.open()
                let record = try await rig.record(id) { $0.status == .cancelled }
                let names = try await rig.names(record.output)
                #expect(names == ["a", "b"] || names == ["a", "b", "c"])
                #expect(record.answered == names.count && record.moments[.cancelled] != nil)
            }
            #expect(rig.provider.cancellations == 0)
        }
    }

    @Test("one that is left before anybody worked on it asks nothing")
    func cancelEarly() async throws {
        try await BatchRig.with { rig async throws in
            let id = try await rig.order(Self.lines("a"))
            _ = try await rig.store.cancelBatch(id, of: "")
            try await rig.working {
                let record = try await rig.record(id) { $0.status.isFinal }
                #expect(record.status == .cancelled && record.output == nil && record.errors == nil)
            }
            #expect(rig.provider.attempts.isEmpty)
        }
    }

    @Test("when its time is over, what is answered is given out, and the rest has expired")
    func expiry() async throws {
        try await BatchRig.with { rig async throws in
            rig.provider.script(.gpt4o, .text("one"), .failure(BatchRig.refusal(after: 7_200)))
            let id = try await rig.order(Self.lines("a", "b", "c"), window: "1h")
            try await rig.working({ $0.inFlight = 1 }) {
                let parked = try await rig.record(id) { $0.parked == 2 && $0.resumes != nil }
                #expect(parked.resumes == parked.deadline && parked.status == .inProgress)
                rig.time.advance(by: .seconds(3_600))
                let record = try await rig.record(id) { $0.status.isFinal }
                #expect(record.status == .expired && record.moments[.expired] != nil && record.parked == 0)
                #expect(try await rig.names(record.output) == ["a"])
                #expect(try await rig.results(record.errors).map(\.error?.code) == ["batch_expired", "batch_expired"])
            }
            #expect(rig.provider.attempts.count == 2)
        }
    }

    @Test("a day's limit is waited out, and others have the place meanwhile")
    func parking() async throws {
        try await BatchRig.with { rig async throws in
            rig.provider.script(.gpt4o, .failure(BatchRig.refusal(after: 5_000)))
            let id = try await rig.order(Self.lines("a", "b"))
            // One at a time: otherwise the second is answered if it is asked before the first one's refusal comes.
            try await rig.working({ ($0.running, $0.inFlight) = (1, 1) }) {
                let parked = try await rig.record(id) { $0.parked == 2 && $0.resumes != nil }
                #expect(abs((parked.resumes ?? 0) - parked.created - 5_000) <= 2)
                let other = try await rig.order([BatchRig.line("x", model: "gpt-4o-mini")])
                try await rig.record(other) { $0.status == .completed }
                rig.time.advance(by: .seconds(5_002))
                let record = try await rig.record(id) { $0.status == .completed }
                #expect(record.answered == 2 && record.parked == 0 && record.resumes == nil)
            }
        }
    }

    @Test("when the server ends, what is under way ends first, and the next one goes on without asking again")
    func shutdown() async throws {
        try await BatchRig.with { rig async throws in
            let gate = ScriptedGate()
            rig.provider.script(.gpt4o, .text("one"), .gated(gate, .text("two")))
            let id = try await rig.order(Self.lines("a", "b", "c"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await rig.working({ $0.inFlight = 1 }) { await rig.provider.attempts(atLeast: 2) }
                }
                await rig.provider.attempts(atLeast: 2)
                gate.open()
                try await group.waitForAll()
            }
            #expect(rig.provider.cancellations == 0)
            #expect(try await rig.store.batch(id)?.status == .inProgress || rig.provider.attempts.count == 3)
            try await rig.working {
                let record = try await rig.record(id) { $0.status == .completed }
                #expect(try await rig.names(record.output) == ["a", "b", "c"])
            }
            #expect(rig.provider.attempts.count == 3)
        }
    }

    @Test("what does not end in time is cut off, and is asked again")
    func cut() async throws {
        try await BatchRig.with { rig async throws in
            rig.provider.script(.gpt4o, .silence)
            let id = try await rig.order(Self.lines("a"))
            try await rig.working({ $0.drain = .zero }) { await rig.provider.attempts(atLeast: 1) }
            #expect(try await rig.store.batch(id)?.status == .inProgress)
            try await rig.working { try await rig.record(id) { $0.status == .completed } }
            #expect(rig.provider.attempts.count == 2)
        }
    }

    @Test("several processes on one folder do each line once")
    func together() async throws {
        try await BatchRig.with { rig async throws in
            var ids: [String] = []
            for batch in 0..<4 {
                ids.append(try await rig.order((0..<20).map { BatchRig.line("\(batch)-\($0)") }))
            }
            let all = ids
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        try await rig.working { for id in all { try await rig.record(id) { $0.status == .completed } } }
                    }
                }
                try await group.waitForAll()
            }
            for (batch, id) in ids.enumerated() {
                let record = try #require(try await rig.store.batch(id))
                #expect(try await rig.names(record.output) == (0..<20).map { "\(batch)-\($0)" })
            }
            #expect(rig.provider.attempts.count == 80)
        }
    }

    @Test("a batch's requests are its tenant's, and so are its results")
    func tenant() async throws {
        try await BatchRig.with { rig async throws in
            let grant = BatchRig.grant("team")
            let id = try await rig.order(Self.lines("a"), tenant: "team")
            try await rig.working(grant: { $0 == "team" ? grant : nil }) {
                let record = try await rig.record(id) { $0.status == .completed }
                #expect(try await rig.results(record.output, tenant: "team").count == 1)
                await #expect(throws: ModelError.self) { try await rig.results(record.output) }
            }
        }
    }

    @Test("a key asks by a batch for nothing that it may not ask for itself")
    func scope() async throws {
        try await BatchRig.with { rig async throws in
            let grant = BatchRig.grant("team", only: "gpt-4o-mini")
            let lines = [BatchRig.line("a"), BatchRig.line("b", model: "gpt-4o-mini")]
            let id = try await rig.order(lines, tenant: "team")
            try await rig.working(grant: { _ in grant }) {
                let record = try await rig.record(id) { $0.status == .completed }
                #expect(try await rig.results(record.output, tenant: "team").map(\.customID) == ["b"])
                let errors = try await rig.results(record.errors, tenant: "team")
                #expect(errors.map(\.error?.code) == ["model_not_allowed"])
            }
            #expect(rig.provider.attempts.count == 1)
        }
    }

    @Test("the batch of a key that is revoked meanwhile ends after what is under way, and what is done is given out")
    func revoked() async throws {
        try await BatchRig.with { rig async throws in
            let gate = ScriptedGate()
            rig.provider.script(.gpt4o, .text("one"), .gated(gate, .text("two")))
            let keys = Keys(BatchRig.grant("team"))
            let id = try await rig.order(Self.lines("a", "b", "c"), tenant: "team")
            try await rig.working({ $0.inFlight = 1 }, grant: { _ in keys.grant }) {
                await rig.provider.attempts(atLeast: 2)
                keys.revoke()
                // The key is looked at before the progress is told.
                try await rig.record(id) { $0.answered == 1 }
                gate.open()
                let record = try await rig.record(id) { $0.status.isFinal }
                #expect(record.status == .failed && record.fault?.code == "key_not_in_effect")
                let names = try await rig.results(record.output, tenant: "team").map(\.customID)
                #expect(names == ["a", "b"] || names == ["a", "b", "c"])
            }
            #expect(rig.provider.cancellations == 0)
        }
    }

    @Test("the parked batch of a key that is revoked fails at once, also while all places are taken")
    func revokedWhileParked() async throws {
        try await BatchRig.with { rig async throws in
            rig.provider.script(.gpt4o, .text("one"), .failure(BatchRig.refusal(after: 50_000)))
            let gate = ScriptedGate()
            rig.provider.script(.gpt4oMini, .gated(gate, .text("x")))
            let keys = Keys(BatchRig.grant("team"))
            let id = try await rig.order(Self.lines("a", "b"), tenant: "team")
            let grant: @Sendable (String) -> AccessGrant? = { $0 == "team" ? keys.grant : BatchRig.grant($0) }
            try await rig.working({ ($0.running, $0.inFlight) = (1, 1) }, grant: grant) {
                try await rig.record(id) { $0.parked == 1 && $0.resumes != nil }
                let other = try await rig.order([BatchRig.line("x", model: "gpt-4o-mini")], tenant: "other")
                await rig.provider.attempts(atLeast: 3)
                keys.revoke()
                let record = try await rig.record(id) { $0.status.isFinal }
                #expect(record.status == .failed && record.fault?.code == "key_not_in_effect")
                #expect(try await rig.results(record.output, tenant: "team").map(\.customID) == ["a"])
                gate.open()
                try await rig.record(other) { $0.status == .completed }
            }
            #expect(rig.provider.attempts.count == 3)
        }
    }

    @Test("a configuration that is read again holds for what comes after what is under way, and nothing is asked twice")
    func reload() async throws {
        try await BatchRig.with { rig async throws in
            let gate = ScriptedGate()
            rig.provider.script(.gpt4o, .text("one"), .gated(gate, .text("two")))
            let answering = Answering(rig.orchestrator(rig.provider))
            let looks = Mutex(0)
            let grant: @Sendable (String) -> AccessGrant? = { _ in
                looks.withLock { $0 += 1 }
                return nil
            }
            let id = try await rig.order(Self.lines("a", "b", "c"))
            try await rig.working({ $0.inFlight = 1 }, grant: grant, orchestrator: { answering.orchestrator }) {
                await rig.provider.attempts(atLeast: 2)
                let other = ScriptedProvider("other")
                answering.reload(rig.orchestrator(other))
                // Nobody but the work on the batch asks for the grant of no key, and that just before it looks who answers.
                let before = looks.withLock(\.self)
                try await rig.record(id) { _ in looks.withLock { $0 >= before + 2 } }
                gate.open()
                let record = try await rig.record(id) { $0.status == .completed }
                #expect(try await rig.names(record.output) == ["a", "b", "c"])
                #expect(record.failed == 0 && other.attempts.count == 1)
            }
            #expect(rig.provider.attempts.count == 2 && rig.provider.cancellations == 0)
        }
    }

    @Test(
        "what waits for a limit, with its place or without one, is tried again once the configuration is read again",
        arguments: [60, 5_000]
    )
    func reloadWhileWaiting(seconds: Int) async throws {
        try await BatchRig.with { rig async throws in
            rig.provider.script(.gpt4o, .text("one"), .failure(BatchRig.refusal(after: seconds)))
            let answering = Answering(rig.orchestrator(rig.provider))
            let id = try await rig.order(Self.lines("a", "b"))
            try await rig.working({ $0.inFlight = 1 }, orchestrator: { answering.orchestrator }) {
                try await rig.record(id) { $0.parked == 1 && $0.resumes != nil }
                answering.reload(rig.orchestrator(ScriptedProvider("other")))
                // No time passes.
                let record = try await rig.record(id) { $0.status == .completed }
                #expect(record.answered == 2 && record.failed == 0)
            }
            #expect(rig.provider.attempts.count == 2)
        }
    }

    @Test("a long batch makes room for another key's after what is under way, and goes on without asking again")
    func turns() async throws {
        try await BatchRig.with { rig async throws in
            let gate = ScriptedGate()
            rig.provider.script(.gpt4o, .text("one"), .gated(gate, .text("two")))
            let long = try await rig.order(Self.lines("a", "b", "c", "d"), tenant: "long")
            let next = try await rig.order(Self.lines("e", "f"), tenant: "long")
            let looks = Mutex(0)
            let grant: @Sendable (String) -> AccessGrant? = { tenant in
                if tenant == "small" { looks.withLock { $0 += 1 } }
                return BatchRig.grant(tenant)
            }
            try await rig.working({ ($0.running, $0.inFlight, $0.turn) = (1, 1, .zero) }, grant: grant) {
                await rig.provider.attempts(atLeast: 2)
                let small = try await rig.order([BatchRig.line("x", model: "gpt-4o-mini")], tenant: "small")
                // A round looks at its key twice at most; with the third round, what followed from the first has been done.
                try await rig.record(small) { _ in looks.withLock { $0 >= 6 } }
                gate.open()
                try await rig.record(small) { $0.status == .completed }
                let record = try await rig.record(long) { $0.status == .completed }
                let names = try await rig.results(record.output, tenant: "long").map(\.customID)
                #expect(names == ["a", "b", "c", "d"] && record.failed == 0)
                try await rig.record(next) { $0.status == .completed }
            }
            let models = rig.provider.attempts.map(\.model.id)
            // On a busy machine the word to make room may come after what little is left of the first; that it comes in the
            // middle of a long one is shown with a real gateway. Before the key's next batch it is the other's turn anyway.
            let index = try #require(models.firstIndex(of: .gpt4oMini))
            #expect((2...4).contains(index), "it goes before the key's next batch")
            #expect(models.count == 7 && rig.provider.cancellations == 0)
        }
    }
}

/// A key that can be revoked.
private final class Keys: Sendable {
    private let current: Mutex<AccessGrant?>

    init(_ grant: AccessGrant) { current = Mutex(grant) }

    var grant: AccessGrant? { current.withLock(\.self) }

    func revoke() { current.withLock { $0 = nil } }
}

/// Who answers, until a configuration is read again.
private final class Answering: Sendable {
    private let current: Mutex<ModelOrchestrator>

    init(_ orchestrator: ModelOrchestrator) { current = Mutex(orchestrator) }

    var orchestrator: ModelOrchestrator { current.withLock(\.self) }

    func reload(_ orchestrator: ModelOrchestrator) { current.withLock { $0 = orchestrator } }
}
