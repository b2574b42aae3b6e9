import Foundation
import Testing

@testable import AurelisStorage

@Suite("Processes share a counter")
struct SharedCounterTests {
    private func withPath(_ body: (String) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("counter-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await body(path)
    }

    @Test("what one counts, all see at once")
    func shared() async throws {
        try await withPath { path async throws in
            let (first, second) = (SharedCounter(path: path), SharedCounter(path: path))
            let (one, two) = (first.value, second.value)
            let own = first.increment()
            #expect(own.before == one && own.after == one + 1)
            second.increment()
            #expect(first.value == one + 2)
            #expect(second.value == two + 2)
        }
    }

    @Test("nothing that is counted at the same time is lost")
    func concurrent() async throws {
        try await withPath { path async throws in
            let watcher = SharedCounter(path: path)
            let before = watcher.value
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let counter = SharedCounter(path: path)
                        for _ in 0..<1_000 { counter.increment() }
                    }
                }
            }
            #expect(watcher.value >= before + 4_000)
        }
    }

    @Test("a file of another length is used as it is, and closed to others", arguments: [0, 7, 16, 2 << 20])
    func lengths(length: Int) async throws {
        try await withPath { path async throws in
            let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o644]
            let data = Data(repeating: 1, count: length)
            #expect(FileManager.default.createFile(atPath: path, contents: data, attributes: attributes))
            let (first, second) = (SharedCounter(path: path), SharedCounter(path: path))
            let before = second.value
            first.increment()
            #expect(second.value == before + 1)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
            #expect(mode?.intValue == 0o600)
            // A long one is begun anew.
            let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber
            #expect(try #require(size).intValue <= 1 << 20)
        }
    }

    enum Damage: String, CaseIterable, Sendable { case deleted, replaced, emptied, overwritten }

    @Test(
        "whatever somebody does to the file is a change, after which all hear of each other",
        arguments: Damage.allCases
    )
    func damaged(damage: Damage) async throws {
        try await withPath { path async throws in
            let (first, second) = (SharedCounter(path: path), SharedCounter(path: path))
            for _ in 0..<3 { first.increment() }
            let before = (first.value, second.value)
            let url = URL(fileURLWithPath: path)
            switch damage {
            case .deleted: try FileManager.default.removeItem(atPath: path)
            case .replaced: try Data([1, 2, 3]).write(to: url, options: .atomic)
            case .emptied: try FileHandle(forWritingTo: url).truncate(atOffset: 0)
            case .overwritten: try FileHandle(forWritingTo: url).write(contentsOf: Data(repeating: 9, count: 90))
            }
            #expect(first.value > before.0)
            #expect(second.value > before.1)
            let (mine, others) = (first.value, second.value)
            second.increment()
            #expect(first.value == mine + 1)
            #expect(second.value == others + 1)
            #expect(first.error == nil)
        }
    }

    @Test("a file that is not the one at its path is let go of with a refresh")
    func moved() async throws {
        try await withPath { path async throws in
            let first = SharedCounter(path: path)
            try FileManager.default.moveItem(atPath: path, toPath: path + ".moved")
            defer { try? FileManager.default.removeItem(atPath: path + ".moved") }
            let second = SharedCounter(path: path)
            first.refresh()
            let before = first.value
            second.increment()
            #expect(first.value == before + 1)
            first.refresh()
            #expect(first.value == before + 1)
        }
    }

    @Test("a place where there can be no file is an error in words")
    func impossible() {
        let counter = SharedCounter(path: "/dev/null/counter")
        #expect(counter.error != nil)
        let before = counter.value
        counter.increment()
        counter.refresh()
        #expect(counter.value == before)
    }
}
