import Aurelis
import AurelisTesting
import Foundation
import Testing

@testable import AurelisStorage

/// A data directory with keys, for one test.
private struct KeyDirectory: Sendable {
    let path: String
    let log = CountingLog()

    var file: AccessKeyFile { AccessKeyFile(directory: path) }

    static func with(_ body: (KeyDirectory) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("keys-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await body(KeyDirectory(path: path))
    }

    /// Makes a key by a handle of its own, as another process would.
    @discardableResult
    func create(_ name: String, at now: Int64 = 0) throws -> String {
        try AccessKeyFile(directory: path).update { book in
            var random = SystemRandomNumberGenerator()
            return try book.create(AccessKeyDraft(name: name), at: now, using: &random).text
        }
    }

    func write(_ text: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: file.path)) }
}

extension AccessKeys {
    /// What becomes of a key: the status that its client would see.
    fileprivate func status(of text: String) throws -> Int {
        switch ring.authenticate(try AccessKeyToken(parsing: text), as: .gateway, at: 1) {
        case .granted: 200
        case .refused(let refusal): refusal.status
        }
    }
}

@Suite("Keys: the file")
struct AccessKeyFileTests {
    @Test("what one process changes, another reads; only their user can")
    func shared() async throws {
        try await KeyDirectory.with { directory in
            #expect(try directory.file.read().keys.isEmpty)
            try directory.create("ci")
            try directory.create("ann")
            #expect(try directory.file.read().keys.map(\.id) == ["ci", "ann"])
            for (path, mode) in [(directory.file.path, 0o600), (directory.path, 0o700)] {
                let found = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
                #expect(found?.intValue == mode)
            }
        }
    }

    @Test("nothing is lost of what many change at the same time")
    func concurrent() async throws {
        try await KeyDirectory.with { directory in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<24 { group.addTask { try directory.create("key \(number)") } }
                try await group.waitForAll()
            }
            #expect(try directory.file.read().keys.count == 24)
        }
    }

    @Test("a change that fails changes nothing")
    func failing() async throws {
        try await KeyDirectory.with { directory in
            try directory.create("ci")
            let before = try Data(contentsOf: URL(fileURLWithPath: directory.file.path))
            #expect(throws: AccessKeyError.self) { try directory.create("ci") }
            #expect(throws: AccessKeyError.self) { () throws in
                try directory.file.update { book in try book.revoke("nobody", at: 1) }
            }
            #expect(try Data(contentsOf: URL(fileURLWithPath: directory.file.path)) == before)
        }
    }

    @Test(
        "a file that is damaged is an error in words, and is left as it is",
        arguments: [
            "", "{", "[]", #"{"version":1}"#, #"{"version":9,"keys":[]}"#, "\0\0\0", #"{"version":1,"keys":[{}]}"#,
        ]
    )
    func damaged(text: String) async throws {
        try await KeyDirectory.with { directory in
            try directory.create("ci")
            try directory.write(text)
            let error = #expect(throws: AccessKeyFileError.self) { try directory.file.read() }
            #expect(error?.description.contains(directory.file.path) == true)
            #expect(throws: AccessKeyFileError.self) { try directory.create("ann") }
            #expect(try String(contentsOfFile: directory.file.path, encoding: .utf8) == text)
        }
    }

    @Test("any bytes of the file that are lost or changed are noticed, or change no key", arguments: 0..<16)
    func fuzz(seed: UInt64) async throws {
        try await KeyDirectory.with { directory in
            try directory.create("ci")
            let whole = try Data(contentsOf: URL(fileURLWithPath: directory.file.path))
            var random = SplitMix64(seed: seed)
            for _ in 0..<40 {
                let cut = whole.prefix(Int.random(in: 0..<whole.count - 2, using: &random))
                try cut.write(to: URL(fileURLWithPath: directory.file.path))
                #expect(throws: AccessKeyFileError.self) { try directory.file.read() }
            }
        }
    }

    @Test(
        "a process that is killed at any step leaves the keys as they were or shall be, and nobody locked out",
        arguments: AccessKeyFile.Step.allCases
    )
    func killed(step: AccessKeyFile.Step) async throws {
        try await KeyDirectory.with { directory in
            try directory.create("ci")
            let path = directory.path
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [path = path as String, number = step.rawValue as Int] in
                let file = AccessKeyFile(directory: path) { step in
                    if step.rawValue == number { kill(getpid(), SIGKILL) }
                }
                _ = try file.update { try $0.revoke("ci", at: 1) }
            }
            #expect(try directory.file.read()["ci"]?.revoked == (step == .inPlace ? 1 : nil))
            try directory.create("ann")
            #expect(try directory.file.read().keys.map(\.id) == ["ci", "ann"])
            #expect(!FileManager.default.fileExists(atPath: directory.file.path + ".new"))
        }
    }
}

@Suite("Keys: a process follows the file")
struct AccessKeyWatchTests {
    private func watch(_ directory: KeyDirectory, time: any TimeSource = ManualTimeSource()) throws -> AccessKeyWatch {
        try AccessKeyWatch(directory.file, time: time, logger: directory.log.logger)
    }

    @Test("what another process changes is in effect")
    func changes() async throws {
        try await KeyDirectory.with { directory in
            let watch = try watch(directory)
            let text = try directory.create("ci")
            #expect(try watch.keys.status(of: text) == 401)
            watch.refresh()
            #expect(try watch.keys.status(of: text) == 200)
            _ = try directory.file.update { try $0.revoke("ci", at: 0) }
            watch.refresh()
            #expect(try watch.keys.status(of: text) == 401)
            #expect(directory.log.messages.isEmpty)
        }
    }

    @Test("the file is looked at twice a second, until the process ends")
    func running() async throws {
        try await KeyDirectory.with { directory in
            let time = ManualTimeSource()
            let watch = try watch(directory, time: time)
            let text = try directory.create("ci")
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await watch.run() }
                await time.sleepers(atLeast: 1)
                time.advance(by: AccessKeyWatch.interval)
                await time.sleepers(atLeast: 1)
                group.cancelAll()
            }
            #expect(try watch.keys.status(of: text) == 200)
        }
    }

    enum Trouble: String, CaseIterable, Sendable { case damaged, gone, directory }

    @Test(
        "while the file cannot be read, those known are good and of others nobody says that they are not; told once",
        arguments: Trouble.allCases
    )
    func trouble(trouble: Trouble) async throws {
        try await KeyDirectory.with { directory in
            let text = try directory.create("ci")
            let watch = try watch(directory)
            let other = try directory.create("ann")
            let whole = try Data(contentsOf: URL(fileURLWithPath: directory.file.path))
            try FileManager.default.removeItem(atPath: directory.file.path)
            switch trouble {
            case .damaged: try directory.write("{")
            case .gone: break
            case .directory:
                try FileManager.default.createDirectory(atPath: directory.file.path, withIntermediateDirectories: true)
            }
            for _ in 0..<3 { watch.refresh() }
            #expect(try watch.keys.status(of: text) == 200)
            #expect(try watch.keys.status(of: other) == 503)
            #expect(directory.log.messages.count == 1)
            try? FileManager.default.removeItem(atPath: directory.file.path)
            try whole.write(to: URL(fileURLWithPath: directory.file.path))
            watch.refresh()
            #expect(try watch.keys.status(of: other) == 200)
            #expect(watch.keys.ring.problem == nil)
        }
    }
}
