import Foundation
import Testing

@testable import AurelisStorage

@Suite("Processes share two counters")
struct GenerationFileTests {
    private func withPath(_ body: (String) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("generation-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await body(path)
    }

    @Test("what one counts, all see at once, and the next process too")
    func shared() async throws {
        try await withPath { path async throws in
            let (first, second) = (try GenerationFile(path: path), try GenerationFile(path: path))
            #expect(first.countAddition() == 0)
            #expect(second.countAddition() == 1)
            second.countInvalidation()
            for file in [first, second, try GenerationFile(path: path)] {
                #expect(file.additions == 2)
                #expect(file.invalidations == 1)
            }
        }
    }

    @Test("nothing that is counted at the same time is lost")
    func concurrent() async throws {
        try await withPath { path async throws in
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        guard let file = try? GenerationFile(path: path) else { return }
                        for _ in 0..<1_000 { file.countAddition() }
                    }
                }
            }
            #expect(try GenerationFile(path: path).additions == 4_000)
        }
    }

    @Test("a file of another length is used as it is, and closed to others", arguments: [0, 7, 16, 100])
    func lengths(length: Int) async throws {
        try await withPath { path async throws in
            let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o644]
            let data = Data(repeating: 1, count: length)
            #expect(FileManager.default.createFile(atPath: path, contents: data, attributes: attributes))
            let (first, second) = (try GenerationFile(path: path), try GenerationFile(path: path))
            let before = second.invalidations
            first.countInvalidation()
            #expect(second.invalidations == before + 1)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
            #expect(mode?.intValue == 0o600)
        }
    }

    @Test("a file that was deleted or replaced is a change, after which all hear of each other again")
    func replaced() async throws {
        try await withPath { path async throws in
            let first = GenerationCounters(path: path)
            for _ in 0..<3 { first.countInvalidation() }
            let before = (first.additions, first.invalidations)
            try FileManager.default.removeItem(atPath: path)
            let second = GenerationCounters(path: path)
            first.refresh()
            #expect(first.additions != before.0 && first.invalidations > before.1)
            let (mine, others) = (first.invalidations, second.invalidations)
            second.countInvalidation()
            #expect(first.invalidations == mine + 1 && second.invalidations == others + 1)
            first.refresh()
            #expect(first.invalidations == mine + 1)
        }
    }

    @Test("a place where there can be no file is an error in words")
    func impossible() {
        let counters = GenerationCounters(path: "/dev/null/cache.generation")
        #expect(counters.error != nil)
        #expect(counters.invalidations == 0)
        counters.countInvalidation()
        #expect(counters.invalidations == 0)
    }
}
