import Aurelis
import Foundation
import Logging
import Synchronization
import Testing

@testable import AurelisStorage

@Suite("Keys: changed by a process that serves")
struct AccessKeyEditorTests {
    private func with(
        patience: Duration = .seconds(5),
        _ body: (AccessKeyFile, AccessKeyWatch, AccessKeyEditor) async throws -> Void
    ) async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("editor-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let file = AccessKeyFile(directory: path)
        let watch = try AccessKeyWatch(file, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await body(file, watch, AccessKeyEditor(file, watch, patience: patience))
    }

    private static func create(_ name: String, in book: inout AccessKeyBook) throws(AccessKeyError) -> String {
        var random = SystemRandomNumberGenerator()
        return try book.create(AccessKeyDraft(name: name), at: 0, using: &random).text
    }

    @Test("what was changed is in effect when the change returns, and on the disk")
    func effect() async throws {
        try await with { file, watch, editor async throws in
            let text = try await editor.update { book in try Self.create("ci", in: &book) }
            let token = try AccessKeyToken(parsing: text)
            guard case .granted = watch.keys.ring.authenticate(token, as: .gateway, at: 1) else {
                Issue.record("the key is not in effect")
                return
            }
            #expect(try file.read().keys.map(\.id) == ["ci"])
            #expect(try await editor.read() == file.read())
            try await editor.update { book in _ = try book.revoke("ci", at: 1) }
            guard case .refused(.revoked) = watch.keys.ring.authenticate(token, as: .gateway, at: 1) else {
                Issue.record("the key is still in effect")
                return
            }
        }
    }

    @Test("what is refused changes nothing, and says so itself")
    func refused() async throws {
        try await with { file, _, editor async throws in
            await #expect(throws: AccessKeyError.unknown("ci", [])) {
                try await editor.update { book in _ = try book.revoke("ci", at: 1) }
            }
            #expect(try file.read().keys.isEmpty)
        }
    }

    @Test("nothing is lost of what many change at the same time")
    func concurrent() async throws {
        try await with { file, _, editor async throws in
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for number in 0..<12 {
                    tasks.addTask { _ = try await editor.update { try Self.create("key \(number)", in: &$0) } }
                }
                try await tasks.waitForAll()
            }
            #expect(try file.read().keys.count == 12)
        }
    }

    @Test("whoever holds the file up is not waited for, and nothing happens afterwards")
    func held() async throws {
        try await with(patience: .milliseconds(20)) { file, _, editor async throws in
            _ = try file.update { try Self.create("first", in: &$0) }
            let (held, holding) = AsyncStream.makeStream(of: Void.self)
            let release = DispatchSemaphore(value: 0)
            // Another process that has the lock, on a thread of its own.
            let thread = Thread {
                _ = try? file.update { _ in
                    holding.yield()
                    release.wait()
                }
            }
            thread.start()
            for await _ in held { break }
            await #expect(throws: AccessKeyEditor.Delay.busy) {
                _ = try await editor.update { try Self.create("late", in: &$0) }
            }
            release.signal()
            // Whoever comes next, and waits, sees that it was not done.
            let patient = AccessKeyEditor(file, try AccessKeyWatch(file, logger: Logger(label: "test")))
            let names = try await patient.update { book in book.keys.map(\.name) }
            #expect(names == ["first"])
        }
    }
}
