import Aurelis
import Testing

@testable import AurelisStorage

@Suite("Batches that have not ended")
struct OpenBatchesTests {
    @Test("those of everybody are seen, the newest first; those that ended are not")
    func overview() async throws {
        try await FileHarness.with { harness async throws in
            let store = harness.store()
            #expect(try await store.openBatches(10).open == 0)
            #expect(harness.contents.isEmpty)
            var batches: [BatchRecord] = []
            for tenant in ["ci", "ann", ""] {
                batches.append(try await store.order(try await store.add("{}", tenant: tenant), tenant: tenant))
            }
            let all = try await store.openBatches(10)
            #expect(all.open == 3 && all.batches == batches.reversed())
            #expect(all.batches.map(\.tenant) == ["", "ann", "ci"])
            let some = try await store.openBatches(1)
            #expect(some.open == 3 && some.batches == [batches[2]])
            try await store.change(batches[2].id) { $0.become(.completed, at: harness.now) }
            let rest = try await store.openBatches(1)
            #expect(rest.open == 2 && rest.batches == [batches[1]])
        }
    }
}
