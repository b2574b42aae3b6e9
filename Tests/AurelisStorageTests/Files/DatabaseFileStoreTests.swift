import Aurelis
import Foundation
import Synchronization
import Testing

@testable import AurelisStorage

@Suite("Files of clients", .timeLimit(.minutes(1)))
struct DatabaseFileStoreTests {
    @Test("a file is kept, listed, given out and removed; nobody else can read it on the disk")
    func life() async throws {
        try await FileHarness.with { harness async throws in
            let store = harness.store()
            let file = try await store.add("hello\n", name: "a.jsonl")
            #expect(file.bytes == 6 && file.name == "a.jsonl" && file.expires == harness.now + 30 * 86_400)
            #expect(try await store.file(file.id, of: "") == file)
            #expect(try await harness.store().text(file.id) == "hello\n")
            #expect(harness.contents == [file.id])
            #expect(try harness.mode(harness.directory + "/files") == 0o700)
            #expect(try harness.mode(harness.directory + "/files/" + file.id) == 0o600)
            try await store.deleteFile(file.id, of: "")
            #expect(harness.contents.isEmpty)
            #expect(
                await code { () async throws(ModelError) in try await store.file(file.id, of: "") } == "file_not_found"
            )
        }
    }

    @Test("nothing is made before the first file comes")
    func untouched() async throws {
        try await FileHarness.with { harness async throws in
            let store = harness.store()
            #expect(try await store.files(of: "", purpose: nil, StoredPageRequest(limit: 1)).elements.isEmpty)
            #expect(try await store.dueBatches().isEmpty)
            try await store.clearUp()
            #expect(!FileManager.default.fileExists(atPath: harness.directory))
        }
    }

    @Test("another tenant's file is none")
    func tenants() async throws {
        try await FileHarness.with { harness async throws in
            let store = harness.store()
            let file = try await store.add("a", tenant: "one")
            let missing = "file_not_found"
            #expect(await code { () async throws(ModelError) in try await store.file(file.id, of: "") } == missing)
            #expect(
                await code { () async throws(ModelError) in try await store.text(file.id, tenant: "two") } == missing
            )
            #expect(
                await code { () async throws(ModelError) in try await store.deleteFile(file.id, of: "two") } == missing
            )
            #expect(await code { () async throws(ModelError) in try await store.order(file, tenant: "two") } == missing)
            #expect(try await store.files(of: "two", purpose: nil, StoredPageRequest(limit: 9)).elements.isEmpty)
            let batch = try await store.order(file, tenant: "one")
            let none = "batch_not_found"
            #expect(await code { () async throws(ModelError) in try await store.batch(batch.id, of: "two") } == none)
            #expect(
                await code { () async throws(ModelError) in try await store.cancelBatch(batch.id, of: "two") } == none
            )
            #expect(try await store.batches(of: "two", StoredPageRequest(limit: 9)).elements.isEmpty)
        }
    }

    @Test("a list comes in parts, in either order, and of one purpose")
    func pages() async throws {
        try await FileHarness.with { harness async throws in
            let store = harness.store()
            var ids: [String] = []
            for number in 0..<5 { ids.append(try await store.add("\(number)").id) }
            for isAscending in [true, false] {
                var seen: [String] = []
                var request = StoredPageRequest(limit: 2, isAscending: isAscending)
                while true {
                    let page = try await store.files(of: "", purpose: .batch, request)
                    seen += page.elements.map(\.id)
                    guard page.hasMore else { break }
                    request.after = page.elements.last?.id
                }
                #expect(seen == (isAscending ? ids : ids.reversed()))
            }
            let outputs = try await store.files(of: "", purpose: .batchOutput, StoredPageRequest(limit: 9))
            #expect(outputs.elements.isEmpty)
            let lost = try await store.files(of: "", purpose: nil, StoredPageRequest(after: "file-x", limit: 9))
            #expect(lost.elements.isEmpty)
        }
    }

    @Test(
        "names that are none never reach the disk",
        arguments: ["", "..", "../files.sqlite", "file-", "file-../../../x"]
    )
    func names(id: String) async throws {
        try await FileHarness.with { harness async throws in
            let store = harness.store()
            try await store.add("a")
            #expect(store.contents.path(of: id) == nil)
            #expect(await code { () async throws(ModelError) in try await store.text(id) } == "file_not_found")
            #expect(
                await code { () async throws(ModelError) in try await store.deleteFile(id, of: "") } == "file_not_found"
            )
        }
    }

    @Test("what is too much is refused, and leaves nothing behind")
    func limits() async throws {
        try await FileHarness.with { harness async throws in
            let store = harness.store { limits in
                limits.fileSize = 10
                limits.totalSize = 20
                limits.fileCount = 3
            }
            let tooLarge = await #expect(throws: ModelError.self) { try await store.add("01234567890") }
            #expect(tooLarge?.code == "file_too_large" && tooLarge?.status == 413)
            #expect(
                tooLarge?.message == "the file has more than 10 bytes; "
                    + "split it, or have `files.maximum_size` raised in the gateway's configuration"
            )
            // What was refused takes no room from others, and gives none.
            #expect(store.uploads.withLock(\.self) == FileArrivals())
            try await store.add("0123456789")
            try await store.add("01234567")
            #expect(await code { () async throws(ModelError) in try await store.add("012") } == "storage_limit")
            try await store.add("01")
            #expect(await code { () async throws(ModelError) in try await store.add("") } == "storage_limit")
            #expect(harness.contents.count == 3)
        }
    }

    @Test("uploads at once cannot fill the disk together, and are bounded in number")
    func together() async throws {
        try await FileHarness.with { harness async throws in
            let store = harness.store { limits in
                limits.totalSize = 10
                limits.uploads = 2
            }
            let one = try await store.beginUpload(by: "")
            try await one.write(Array("0123456".utf8))
            let other = try await store.beginUpload(by: "")
            #expect(await code { () async throws(ModelError) in try await store.beginUpload(by: "") } == "overloaded")
            #expect(
                await code { () async throws(ModelError) in try await other.write(Array("0123456".utf8)) }
                    == "storage_limit"
            )
            _ = try await one.finish(FileDescription(name: "a", purpose: .batch))
        }
    }

    @Test("an upload that is given up leaves nothing, and gives its place and its room back")
    func abandoned() async throws {
        try await FileHarness.with { harness async throws in
            let store = harness.store { $0.uploads = 1 }
            for _ in 0..<3 {
                let upload = try await store.beginUpload(by: "")
                try await upload.write([1, 2, 3])
                #expect(harness.contents.count == 1)
            }
            #expect(harness.contents.isEmpty)
            #expect(store.uploads.withLock(\.self) == FileArrivals())
        }
    }

    @Test("files are given out to so many at once, and whoever has ended gives a place back")
    func downloads() async throws {
        try await FileHarness.with { harness async throws in
            let store = harness.store { $0.downloads = 2 }
            let file = try await store.add("hello")
            for _ in 0..<2 {
                let one = try await store.content(of: file.id, tenant: "").1
                let other = try await store.content(of: file.id, tenant: "").1
                let refused = await #expect(throws: ModelError.self) {
                    try await store.content(of: file.id, tenant: "")
                }
                #expect(refused?.category == .overloaded)
                #expect(try await one.next() == Array("hello".utf8))
                #expect(try await other.next() == Array("hello".utf8))
            }
            await #expect(throws: ModelError.self) { try await store.content(of: file.id, tenant: "other") }
            #expect(store.downloads.withLock(\.self) == 0)
        }
    }

    @Test("a file that is no longer what was stored is not given out")
    func damaged() async throws {
        try await FileHarness.with { harness async throws in
            let store = harness.store()
            let file = try await store.add("hello")
            try Data("bye".utf8).write(to: URL(fileURLWithPath: harness.directory + "/files/" + file.id))
            #expect(await code { () async throws(ModelError) in try await store.text(file.id) } == "file_damaged")
        }
    }

    @Test("a damaged list of files is moved aside with the contents, and begun afresh", arguments: [false, true])
    func damagedList(whileOpen: Bool) async throws {
        try await FileHarness.with { harness async throws in
            var store = harness.store()
            let file = try await store.add("hello")
            if !whileOpen { store = harness.store() }
            try harness.damage(whileOpen: whileOpen)
            let page = StoredPageRequest(limit: 9)
            #expect(try await store.files(of: "", purpose: nil, page).elements.isEmpty)
            #expect(await code { () async throws(ModelError) in try await store.text(file.id) } == "file_not_found")
            #expect(harness.log.warnings == 1)
            let aside = harness.aside
            #expect(aside.count == 2 && aside.allSatisfy { harness.log.messages.first?.contains($0) == true })
            let contents = try #require(aside.first { $0.hasPrefix("files.damaged-") })
            let kept = "\(harness.directory)/\(contents)/\(file.id)"
            #expect(try String(contentsOfFile: kept, encoding: .utf8) == "hello")
            let other = try await store.add("again")
            try await store.clearUp()
            #expect(try await harness.store().text(other.id) == "again")
            #expect(FileManager.default.fileExists(atPath: kept))
        }
    }

    @Test("an upload whose beginning was moved aside with a damaged list is refused, and can be sent again")
    func damagedMeanwhile() async throws {
        try await FileHarness.with { harness async throws in
            let store = harness.store()
            try await store.add("hello")
            let upload = try await store.beginUpload(by: "")
            try await upload.write([1])
            try harness.damage(whileOpen: true)
            let description = FileDescription(name: "b", purpose: .batch)
            #expect(
                await code { () async throws(ModelError) in try await upload.finish(description) } == "storage_failed"
            )
            try await store.add("again")
        }
    }

    @Test("no refusal names a folder of the machine")
    func folders() async throws {
        try await FileHarness.with { harness async throws in
            let store = harness.store()
            let file = try await store.add("a")
            try FileManager.default.removeItem(atPath: "\(harness.directory)/files/\(file.id)")
            let error = await #expect(throws: BatchError.self) { try await store.lines(of: file.id) }
            #expect(error?.code == .input && error?.message == "No such file or directory")
            #expect(harness.log.messages == ["the input of a batch cannot be read"])
            try FileManager.default.createDirectory(
                atPath: "\(harness.directory)/files/\(file.id)",
                withIntermediateDirectories: true
            )
            let lines = try await store.lines(of: file.id)
            let fault = await #expect(throws: BatchError.self) { try await lines.next() }
            #expect(fault?.message == "Is a directory")
        }
    }

    @Test("a disk that cannot be written is told, and tried again")
    func disk() async throws {
        try await FileHarness.with { harness async throws in
            try FileManager.default.createDirectory(atPath: harness.directory, withIntermediateDirectories: true)
            let obstacle = harness.directory + "/files"
            try Data().write(to: URL(fileURLWithPath: obstacle))
            let store = harness.store()
            #expect(await code { () async throws(ModelError) in try await store.add("a") } == "storage_failed")
            #expect(harness.log.warnings == 1)
            try FileManager.default.removeItem(atPath: obstacle)
            try await store.add("a")
        }
    }
}
