import Aurelis
import Foundation
import Testing

@testable import AurelisStorage

@Suite("How long files and batches stay", .timeLimit(.minutes(1)))
struct FileRetentionTests {
    @Test("an expired file is gone at once, and its content with the next clearing")
    func expiry() async throws {
        try await FileHarness.with { harness async throws in
            let store = harness.store()
            let file = try await store.add("a", lifetime: 3_600)
            try await store.add("b")
            harness.advance(seconds: 3_600)
            #expect(
                await code { () async throws(ModelError) in try await store.file(file.id, of: "") } == "file_not_found"
            )
            #expect(try await store.files(of: "", purpose: nil, StoredPageRequest(limit: 9)).elements.count == 1)
            try await store.clearUp()
            #expect(harness.contents.count == 1)
        }
    }

    @Test("what a killed process left behind is removed; what another one is writing is not")
    func abandoned() async throws {
        try await FileHarness.with { harness async throws in
            let store = harness.store()
            let file = try await store.add("a")
            let orphan = harness.directory + "/files/" + StoredID.file.next()
            try Data("x".utf8).write(to: URL(fileURLWithPath: orphan))
            let stranger = harness.directory + "/files/notes.txt"
            try Data("x".utf8).write(to: URL(fileURLWithPath: stranger))
            let upload = try await harness.store().beginUpload(by: "")
            try await upload.write([1])
            try await store.clearUp()
            #expect(harness.contents.count == 3 && harness.contents.contains(file.id))
            #expect(!FileManager.default.fileExists(atPath: orphan))
            _ = try await upload.finish(FileDescription(name: "b", purpose: .batch))
            try await store.clearUp()
            #expect(harness.contents.count == 3)
        }
    }

    @Test("the input of a batch that has not ended stays, whatever its time, and cannot be removed")
    func inputs() async throws {
        try await FileHarness.with { harness async throws in
            let store = harness.store()
            let file = try await store.add("a", lifetime: 3_600)
            let batch = try await store.order(file)
            #expect(
                await code { () async throws(ModelError) in try await store.deleteFile(file.id, of: "") }
                    == "file_in_use"
            )
            harness.advance(seconds: 7_200)
            try await store.clearUp()
            #expect(harness.contents == [file.id])
            try await store.change(batch.id) { $0.become(.completed, at: 1) }
            try await store.clearUp()
            #expect(harness.contents.isEmpty)
        }
    }

    @Test("a batch that has ended goes a month later, and what it has written with it")
    func batches() async throws {
        try await FileHarness.with { harness async throws in
            let store = harness.store()
            let batch = try await store.order(try await store.add("a"))
            let output = try await store.beginOutput()
            try await output.write(Array("result\n".utf8))
            try await output.synchronize()
            try await store.clearUp()
            try await store.finish(batch.id, with: [output]) { record in
                record.output = output.id
                record.become(.completed, at: 2)
            }
            let file = try await store.file(output.id, of: "")
            #expect(file.purpose == .batchOutput && file.name == "\(batch.id)_output.jsonl")
            #expect(try await store.text(output.id) == "result\n")
            // What has ended is changed by nobody.
            #expect(try await store.change(batch.id) { $0.become(.failed, at: 3) } == nil)
            harness.advance(seconds: 30 * 86_400)
            try await store.clearUp()
            #expect(
                await code { () async throws(ModelError) in try await store.batch(batch.id, of: "") }
                    == "batch_not_found"
            )
            #expect(harness.contents.isEmpty)
        }
    }

    @Test("the batches that can be gone on with are found, with what decides when it is their turn")
    func due() async throws {
        try await FileHarness.with { harness async throws in
            let store = harness.store { $0.openBatches = 4 }
            let file = try await store.add("a")
            let first = try await store.order(file)
            let second = try await store.order(file)
            let urgent = try await store.order(file, priority: .interactive)
            let parked = try await store.order(file)
            #expect(await code { () async throws(ModelError) in try await store.order(file) } == "too_many_batches")
            let resumes = harness.now + 60
            try await store.change(parked.id) { $0.resumes = resumes }
            #expect(try await store.dueBatches().map(\.id) == [first.id, second.id, urgent.id])
            #expect(try await store.waitingTenants() == [""])
            harness.advance(seconds: 60)
            let due = try await harness.store().dueBatches()
            #expect(due.map(\.id) == [first.id, second.id, urgent.id, parked.id])
            #expect(due.map(\.isUrgent) == [false, false, true, false] && due.map(\.number) == [1, 2, 3, 4])
            #expect(due.allSatisfy { $0.deadline == first.deadline && $0.tenant.isEmpty && !$0.isCancelling })
            #expect(try await store.waitingTenants().isEmpty)
            #expect(try await store.cancelBatch(second.id, of: "").status == .cancelling)
            try await store.change(first.id) { $0.become(.completed, at: 1) }
            let left = try await store.dueBatches()
            #expect(left.map(\.id) == [second.id, urgent.id, parked.id])
            #expect(left.map(\.isCancelling) == [true, false, false])
            #expect(
                await code { () async throws(ModelError) in try await store.cancelBatch(first.id, of: "") }
                    == "batch_ended"
            )
        }
    }

    @Test("a tenant's batches that wait can be woken, and nobody else's")
    func waking() async throws {
        try await FileHarness.with { harness async throws in
            let store = harness.store()
            var batches: [BatchRecord] = []
            for tenant in ["ann", "ann", "bob"] {
                batches.append(try await store.order(try await store.add("a", tenant: tenant), tenant: tenant))
            }
            let resumes = harness.now + 60
            for batch in batches { try await store.change(batch.id) { $0.resumes = resumes } }
            #expect(try await store.waitingTenants().sorted() == ["ann", "bob"])
            try await store.wakeBatches(of: "ann")
            #expect(try await store.dueBatches().map(\.id) == batches.prefix(2).map(\.id))
            #expect(try await store.waitingTenants() == ["bob"])
        }
    }

    @Test("it can be seen who works on a batch, without taking it")
    func workers() async throws {
        try await FileHarness.with { harness async throws in
            let store = harness.store()
            let batch = try await store.order(try await store.add("a"))
            #expect(try await !store.isWorkedOn(batch.id))
            let identity = DatabaseBatchJournal.Identity(name: batch.id, input: batch.id)
            var journal: DatabaseBatchJournal? = try await DatabaseBatchJournal.open(
                directory: harness.directory,
                batch: identity,
                logger: harness.log.logger
            )
            #expect(try await store.isWorkedOn(batch.id) && journal != nil)
            journal = nil
            #expect(try await !store.isWorkedOn(batch.id))
        }
    }

    @Test("only what was uploaded for a batch is asked")
    func purpose() async throws {
        try await FileHarness.with { harness async throws in
            let store = harness.store()
            let batch = try await store.order(try await store.add("a"))
            let output = try await store.beginOutput()
            try await store.finish(batch.id, with: [output]) { $0.output = output.id }
            let file = try await store.file(output.id, of: "")
            #expect(await code { () async throws(ModelError) in try await store.order(file) } == "invalid_purpose")
        }
    }
}
