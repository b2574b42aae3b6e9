import Aurelis
import AurelisTesting
import Foundation
import Logging
import Testing

@testable import AurelisStorage

@Suite("Requests are found again, part by part")
struct RequestJournalPageTests {
    private static let models = ["gpt-4o", "gpt-4o-mini", "command-r"]
    private static let outcomes: [RequestRecord.Outcome] = [
        .answered, .interrupted, .failed(.timeout), .failed(.upstream), .failed(.rateLimit),
    ]

    private func withJournal(_ body: (RequestJournal) async throws -> Void) async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("pages-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        var limits = RequestJournal.Limits()
        limits.plainPerSecond = .max
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let file = StorageFile(directory: directory.path)
        try await body(RequestJournal(file, limits: limits, time: ManualTimeSource(), logger: logger))
    }

    /// Some requests, several of them in the same millisecond.
    private func records(_ count: Int, _ random: inout SplitMix64) -> [RequestRecord] {
        (0..<count).map { _ in
            RequestRecord(
                id: .next(),
                time: 1_700_000_000_000 + Int64.random(in: 0..<40, using: &random),
                operation: .chatCompletion,
                tenant: ["", "ci"].randomElement(using: &random)!,
                task: [.general, .codeReview].randomElement(using: &random)!,
                modelRequested: Self.models.randomElement(using: &random)!,
                provider: ["one", "two"].randomElement(using: &random)!,
                stream: false,
                outcome: Self.outcomes.randomElement(using: &random)!,
                duration: .zero,
                trace: RouteTrace()
            )
        }
    }

    private func selection(_ random: inout SplitMix64) -> RequestSelection {
        var selection = RequestSelection(limit: Int.random(in: 1...40, using: &random))
        if Bool.random(using: &random) {
            selection.model = Self.models.randomElement(using: &random).map { ModelID($0) }
        }
        if Bool.random(using: &random) { selection.provider = ["one", "two"].randomElement(using: &random) }
        if Bool.random(using: &random) { selection.task = .codeReview }
        if Bool.random(using: &random) { selection.key = ["", "ci"].randomElement(using: &random) }
        if Bool.random(using: &random) {
            selection.since = 1_700_000_000_000 + Int64.random(in: 0..<40, using: &random)
        }
        let outcomes = [nil, "answered", "failed", "interrupted", "timeout"]
        selection.outcome = outcomes.randomElement(using: &random)!.flatMap { RequestSelection.Outcome($0) }
        return selection
    }

    @Test("the parts of any selection are together exactly its requests, in their order", arguments: UInt64(1)...4)
    func generated(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let records = records(600, &random)
        try await withJournal { journal async throws in
            for record in records { journal.record(record) }
            journal.flush()
            for _ in 0..<15 {
                var selection = selection(&random)
                let expected = records.filter { selection.admits($0) }
                    .sorted { RequestSelection.Place($0) > RequestSelection.Place($1) }
                var found: [RequestRecord] = []
                var parts = 0
                repeat {
                    // However few are looked at at once, the parts go on.
                    let page = try await journal.page(
                        selection,
                        lookingAt: [1, 300, 20_000].randomElement(using: &random)!
                    )
                    #expect(page.records.count <= selection.limit)
                    found += page.records
                    selection.after = page.next
                    parts += 1
                } while selection.after != nil && parts < 1_000
                #expect(found == expected)
            }
        }
    }

    @Test("nothing is made by looking")
    func looking() async throws {
        try await withJournal { journal async throws in
            #expect(try await journal.page(RequestSelection(limit: 5)) == RequestPage([], next: nil))
        }
    }
}
