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

    @Test("batches come in their order, the urgent first, and only those that can be gone on with")
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
            #expect(try await store.dueBatches() == [urgent.id, first.id, second.id])
            harness.advance(seconds: 60)
            #expect(try await harness.store().dueBatches() == [urgent.id, first.id, second.id, parked.id])
            #expect(try await store.cancelBatch(second.id, of: "").status == .cancelling)
            try await store.change(first.id) { $0.become(.completed, at: 1) }
            #expect(try await store.dueBatches() == [urgent.id, second.id, parked.id])
            #expect(
                await code { () async throws(ModelError) in try await store.cancelBatch(first.id, of: "") }
                    == "batch_ended"
            )
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
