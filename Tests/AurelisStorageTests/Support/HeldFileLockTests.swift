import Foundation
import Testing

@testable import AurelisStorage

@Suite("Locks that are held")
struct HeldFileLockTests {
    private static func withPath(_ body: (String) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("lock-\(UUID().uuidString)").path
        defer { unlink(path) }
        try await body(path)
    }

    @Test("who takes a lock waits for those who only look whether somebody has it, for as long as they do")
    func looked() async throws {
        try await Self.withPath { path async throws in
            // What `isHeld` has for a moment.
            let looks = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            #expect(looks >= 0 && flock(looks, LOCK_SH) == 0)
            var pauses = 0
            let lock = try await HeldFileLock.acquire(path) {
                pauses += 1
                if pauses == 3 { close(looks) }
            }
            #expect(lock != nil && pauses == 3)
            #expect(HeldFileLock.isHeld(path) && HeldFileLock.holder(of: path) == getpid())
        }
    }

    @Test("a lock that somebody has is not waited for, however often others look")
    func held() async throws {
        try await Self.withPath { path async throws in
            var lock = try await HeldFileLock.acquire(path)
            #expect(lock != nil)
            for _ in 0..<3 {
                #expect(HeldFileLock.isHeld(path))
                let other = try await HeldFileLock.acquire(path) { Issue.record("it waits") }
                #expect(other == nil)
            }
            lock = nil
            #expect(!HeldFileLock.isHeld(path) && !FileManager.default.fileExists(atPath: path))
            #expect(try await HeldFileLock.acquire(path) != nil)
        }
    }

    @Test("one that is looked at for ever is given up")
    func endless() async throws {
        try await Self.withPath { path async throws in
            let looks = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            defer { close(looks) }
            #expect(looks >= 0 && flock(looks, LOCK_SH) == 0)
            #expect(try await HeldFileLock.acquire(path) {} == nil)
        }
    }
}
