import Aurelis
import AurelisTesting
import Testing

@testable import AurelisStorage

@Suite("Files and batches: what one key may have", .timeLimit(.minutes(1)))
struct FileShareTests {
    private static let refusal = "storage_limit"

    @Test("one key's files take a quarter of the room, and leave the others theirs; without keys all of it is there")
    func room() async throws {
        try await FileHarness.with { harness async throws in
            let store = harness.store { limits in
                (limits.fileSize, limits.totalSize) = (10, 80)
            }
            for _ in 0..<2 { try await store.add("0123456789", tenant: "one") }
            let error = await #expect(throws: ModelError.self) { try await store.add("0", tenant: "one") }
            #expect(error?.code == Self.refusal && error?.status == 507)
            #expect(error?.message.hasPrefix("the files of this key would be more than 20 bytes or 2500 files") == true)
            #expect(error?.message.contains("`files.maximum_total`") == true)
            try await store.add("0123456789", tenant: "two")
            for _ in 0..<5 { try await store.add("0123456789") }
            let full = await #expect(throws: ModelError.self) { try await store.add("0") }
            #expect(full?.message.hasPrefix("all files together would be more than 80 bytes") == true)
        }
    }

    @Test("a key may send a file that is as large as a file may be")
    func largest() async throws {
        try await FileHarness.with { harness async throws in
            let store = harness.store { ($0.fileSize, $0.totalSize) = (10, 16) }
            try await store.add("0123456789", tenant: "one")
            #expect(
                await code { () async throws(ModelError) in try await store.add("0", tenant: "one") } == Self.refusal
            )
        }
    }

    @Test("one key's files are a quarter of all in number")
    func number() async throws {
        try await FileHarness.with { harness async throws in
            let store = harness.store { $0.fileCount = 8 }
            for _ in 0..<2 { try await store.add("", tenant: "one") }
            #expect(
                await code { () async throws(ModelError) in try await store.add("", tenant: "one") } == Self.refusal
            )
            try await store.add("", tenant: "two")
        }
    }

    @Test("one key's uploads at once take a quarter of the places, and what they bring counts as it comes")
    func uploads() async throws {
        try await FileHarness.with { harness async throws in
            let store = harness.store { limits in
                (limits.uploads, limits.fileSize, limits.totalSize) = (8, 10, 80)
            }
            try await store.add("0123456789", tenant: "one")
            let first = try await store.beginUpload(by: "one")
            var second: (any FileUpload)? = try await store.beginUpload(by: "one")
            let error = await #expect(throws: ModelError.self) { try await store.beginUpload(by: "one") }
            #expect(error?.category == .overloaded && error?.message.hasPrefix("2 files of this key") == true)
            let other = try await store.beginUpload(by: "two")
            try await first.write(Array("0123456789".utf8))
            #expect(
                await code { () async throws(ModelError) in try await second?.write(Array("0".utf8)) } == Self.refusal
            )
            try await other.write(Array("0123456789".utf8))
            second = nil
            _ = try await store.beginUpload(by: "one")
        }
    }

    @Test("one key's batches that have not ended are a quarter of all")
    func batches() async throws {
        try await FileHarness.with { harness async throws in
            let store = harness.store { $0.openBatches = 8 }
            let file = try await store.add("a", tenant: "one")
            let first = try await store.order(file, tenant: "one")
            _ = try await store.order(file, tenant: "one")
            let error = await #expect(throws: ModelError.self) { try await store.order(file, tenant: "one") }
            #expect(error?.code == "too_many_batches" && error?.status == 429)
            #expect(error?.message.hasPrefix("2 batches of this key have not ended") == true)
            let others = try await store.add("a", tenant: "two")
            _ = try await store.order(others, tenant: "two")
            let now = harness.now
            try await store.change(first.id) { $0.become(.failed, at: now) }
            _ = try await store.order(file, tenant: "one")
        }
    }

    @Test("what is on its way is forgotten with its last file", arguments: 0..<20 as Range<UInt64>)
    func arrivals(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var arrivals = FileArrivals()
        var limits = FileLimits()
        limits.uploads = Int.random(in: 1...40, using: &random)
        var files: [(tenant: String, bytes: Int64)] = []
        for _ in 0..<400 {
            let tenant = ["", "one", "two", "three"].randomElement(using: &random) ?? ""
            switch Int.random(in: 0..<3, using: &random) {
            case 0:
                let own = files.count { $0.tenant == tenant }
                let most = tenant.isEmpty ? limits.uploads : max(1, limits.uploads / 4)
                let isRefused = files.count == limits.uploads || own == most
                do throws(ModelError) {
                    try arrivals.begin(tenant, limits)
                    #expect(!isRefused)
                    files.append((tenant, 0))
                } catch {
                    #expect(isRefused)
                }
            case 1:
                guard let index = files.indices.randomElement(using: &random) else { continue }
                files[index].bytes += 7
                arrivals.add(bytes: 7, of: files[index].tenant)
            default:
                guard let index = files.indices.randomElement(using: &random) else { continue }
                let file = files.remove(at: index)
                arrivals.end(file.tenant, bytes: file.bytes)
            }
            let own = files.filter { $0.tenant == tenant }
            #expect(
                arrivals.use(of: tenant)
                    == FileUse(
                        all: FileTotals(count: files.count, bytes: files.reduce(0) { $0 + $1.bytes }),
                        own: FileTotals(count: own.count, bytes: own.reduce(0) { $0 + $1.bytes })
                    )
            )
        }
        for file in files { arrivals.end(file.tenant, bytes: file.bytes) }
        #expect(arrivals == FileArrivals())
    }
}
