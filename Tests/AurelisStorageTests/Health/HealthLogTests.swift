import Foundation
import Logging
import Testing

@testable import Aurelis
@testable import AurelisStorage

@Suite("The log of health")
struct HealthLogTests {
    private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func withLog(_ body: (HealthLog, String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("health-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(HealthLog(directory: path, logger: quiet), path)
    }

    private func transition(_ number: Int, reason: String = "503") -> HealthTransition {
        HealthTransition(
            time: Int64(number),
            component: .models,
            from: .healthy,
            to: .unhealthy,
            since: 0,
            reason: reason,
            overall: .unhealthy,
            changes: [.init(name: "gpt-4o@p", from: .healthy, to: .unhealthy, reason: reason)]
        )
    }

    @Test("what one process has written another one reads, in its order, and nobody else")
    func roundTrip() throws {
        try withLog { log, path in
            #expect(log.latest(10).isEmpty)
            log.append([transition(1), transition(2)])
            log.append([])
            log.append([transition(3)])
            log.flush()
            #expect(HealthLog(directory: path, logger: quiet).latest(2) == [transition(2), transition(3)])
            let attributes = try FileManager.default.attributesOfItem(atPath: log.path)
            #expect((attributes[.posixPermissions] as? Int) == 0o600)
        }
    }

    @Test("a line that was torn off, and one that means nothing, cost only themselves")
    func torn() throws {
        try withLog { log, _ in
            log.append([transition(1)])
            log.flush()
            let line = Array(transition(2).line)
            let bytes =
                try Data(contentsOf: URL(fileURLWithPath: log.path)) + Data("garbage\n\n".utf8) + Data(line.dropLast(9))
            try bytes.write(to: URL(fileURLWithPath: log.path))
            log.append([transition(3)])
            log.flush()
            #expect(log.latest(10) == [transition(1), transition(3)])
        }
    }

    @Test("of a file that grows too large the newest lines stay")
    func bounded() throws {
        try withLog { log, _ in
            let reason = String(repeating: "x", count: 200)
            for group in 0..<30 {
                log.append((0..<100).map { transition(group * 100 + $0, reason: reason) })
                log.flush()
            }
            let size = try FileManager.default.attributesOfItem(atPath: log.path)[.size] as? Int ?? 0
            #expect(size <= HealthLog.maximumSize && size > 0)
            #expect(log.latest(1) == [transition(2_999, reason: reason)])
            let kept = log.latest(.max)
            #expect(kept.count >= 1_000 && kept.map(\.time) == Array((3_000 - Int64(kept.count))..<3_000))
        }
    }

    @Test("two processes that write at once lose nothing")
    func together() throws {
        try withLog { log, path in
            let other = HealthLog(directory: path, logger: quiet)
            for number in 0..<40 {
                log.append([transition(number)])
                other.append([transition(1_000 + number)])
                if number % 10 == 9 {
                    log.flush()
                    other.flush()
                }
            }
            #expect(log.latest(1_000).count == 80)
        }
    }

    @Test("a directory that is gone costs what would be written, and nothing else")
    func gone() throws {
        try withLog { log, path in
            try FileManager.default.removeItem(atPath: path)
            log.append([transition(1)])
            log.flush()
            #expect(log.latest(1).isEmpty)
        }
    }
}

@Suite("Looks at a data directory")
struct DirectoryLookTests {
    @Test("room and rights are told without changing anything")
    func storage() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("look-\(UUID().uuidString)").path
        #expect(DirectoryLook.storage(path).failure?.contains("No such file") == true)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let look = DirectoryLook.storage(path)
        #expect(look.failure == nil && (look.free ?? 0) > 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: path).isEmpty)
    }
}
