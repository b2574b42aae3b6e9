import Aurelis
import AurelisTesting
import Foundation
import Synchronization
import Testing

@testable import AurelisStorage

@Suite("The index says what the database does not have")
struct CacheIndexTests {
    @Test("once it is loaded, an unknown key costs no look into the database; a known one is found")
    func rejections() async throws {
        try await CacheHarness.with { harness async throws in
            let store = harness.store()
            store.keep(.sample(1))
            await store.flush()
            #expect(await store.sealed(for: .sample(2)) == nil)
            #expect(store.statistics.indexRejections == 0)
            try await harness.serving(store) { () async throws in
                #expect(await store.sealed(for: .sample(2)) == nil)
                #expect(store.statistics.indexRejections == 1)
                #expect(await store.sealed(for: .sample(1)) != nil)
                store.keep(.sample(3))
                await harness.round()
                #expect(await store.sealed(for: .sample(3)) != nil)
                #expect(await store.sealed(for: .sample(4)) == nil)
                #expect(store.statistics.indexRejections == 2)
                #expect(store.statistics.lookups == 5)
            }
        }
    }

    @Test("what other processes add is found, and what nobody added is still rejected")
    func others() async throws {
        try await CacheHarness.with { harness async throws in
            let (store, other) = (harness.store(), harness.store())
            try await harness.serving(store) { () async throws in
                for index in 1...5 {
                    #expect(await store.sealed(for: .sample(index)) == nil)
                    other.keep(.sample(index))
                    if index.isMultiple(of: 2) { store.keep(.sample(-index)) }
                    await other.flush()
                    await store.flush()
                    #expect(await store.sealed(for: .sample(index)) != nil)
                    let before = store.statistics.indexRejections
                    #expect(await store.sealed(for: .sample(100 + index)) == nil)
                    #expect(store.statistics.indexRejections == before + 1)
                }
                for index in [-2, -4] { #expect(await store.sealed(for: .sample(index)) != nil) }
            }
        }
    }

    @Test("it does not grow with what is gone")
    func bounded() async throws {
        try await CacheHarness.with { harness async throws in
            let store = harness.store {
                $0.entries = 256
                $0.writesPerSecond = 10_000
            }
            try await harness.serving(store) { () async throws in
                for index in 0..<2_000 { store.keep(.sample(index)) }
                await harness.round()
                #expect(store.state.withLock { $0.index.count } == 2_000)
                await harness.round(.seconds(10))
                #expect(store.state.withLock { $0.index.count } == 256)
                #expect(await store.sealed(for: .sample(1_999)) != nil)
                #expect(await store.sealed(for: .sample(3)) == nil)
            }
        }
    }

    @Test("news that leave a gap are not taken, nor those of another file")
    func gaps() {
        func news(file: UInt64 = 1, additions: UInt64, from: Int64, to: Int64) -> FingerprintIndex.News {
            FingerprintIndex.News(file: file, additions: additions, firstRow: from, lastRow: to, fingerprints: [])
        }
        var index = FingerprintIndex(file: 1)
        index.append(news(additions: 1, from: 0, to: 5))
        #expect(!index.isLoaded)
        index.load(news(additions: 1, from: 0, to: 5))
        index.append(news(additions: 3, from: 7, to: 9))
        index.append(news(file: 2, additions: 3, from: 5, to: 9))
        #expect(index.additions == 1)
        #expect(index.excludes(.sample(1), additions: 1))
        #expect(!index.excludes(.sample(1), additions: 3))
        index.append(news(additions: 3, from: 5, to: 9))
        index.append(news(additions: 2, from: 5, to: 8))
        #expect(index.additions == 3)
        #expect(index.lastRow == 9)
        index.see(addition: (before: 4, after: 5))
        #expect(index.additions == 3)
        index.see(addition: (before: 3, after: 4))
        #expect(index.additions == 4)
    }
}
