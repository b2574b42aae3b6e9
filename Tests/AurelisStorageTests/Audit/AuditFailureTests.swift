import Aurelis
import Foundation
import Testing

@testable import AurelisStorage

@Suite("The audit log when it cannot be written")
struct AuditFailureTests {
    private let bench = AuditBench()

    @Test(
        "a full disk: requests go on with one alarm, and all is written once there is room",
        arguments: [0, 1, 150, 400]
    )
    func continues(room: Int) throws {
        let log = try bench.open()
        log.append(bench.entry("first"))
        log.flush()
        bench.setRoom(room)
        for index in 0..<5 {
            log.append(bench.entry("r\(index)"))
            log.flush()
        }
        #expect(!log.refuses && log.refusal == nil && log.condition.obstacle == nil)
        #expect(log.condition.failure?.contains("No space left") == true)
        #expect(bench.log.messages.count == 1 && bench.log.messages[0].contains("answered all the same"))
        #expect(try bench.verify().broken == nil)
        bench.setRoom(.max)
        log.append(bench.entry("last"))
        log.close()
        #expect(try bench.verify().broken == nil)
        for index in 0..<5 { #expect(try bench.lines("\"r\(index)\"").count == 1) }
        #expect(try bench.lines("\"gap\"", "\"lost\":0").count == 1)
        #expect(log.condition.failure == nil && log.condition.lost == 0)
    }

    @Test("what does not fit into memory meanwhile is counted, and the count is in the log")
    func lost() throws {
        let log = try bench.open { $0.queue = 16 }
        log.append(bench.entry())
        log.flush()
        bench.setRoom(0)
        for index in 0..<40 {
            log.append(bench.entry("r\(index)"))
            if index.isMultiple(of: 5) { log.flush() }
        }
        log.flush()
        #expect(log.condition.lost == 24 && log.condition.waiting == 16)
        #expect(bench.log.messages.count == 2)
        bench.setRoom(.max)
        log.close()
        #expect(try bench.lines("\"gap\"", "\"lost\":24").count == 1)
        #expect(try bench.lines("\"r15\"").count == 1)
        #expect(try bench.lines("\"r16\"").isEmpty)
        let report = try bench.verify()
        #expect(report.broken == nil && report.lost == 24)
    }

    @Test("with `block` requests are refused until it works again, and how many is in the log")
    func blocks() throws {
        let log = try bench.open { $0.onFailure = .block }
        log.open()
        #expect(!log.refuses)
        bench.setRoom(0)
        log.append(bench.entry("in flight"))
        log.flush()
        #expect(log.refuses)
        let condition = log.condition
        #expect(condition.isBlocking && condition.obstacle?.contains("No space left") == true && condition.refused == 0)
        for _ in 0..<3 {
            let refusal = try #require(log.refusal)
            #expect(refusal.category == .overloaded && refusal.message.contains("audit log cannot be written"))
            #expect(refusal.hint?.contains("make room") == true)
        }
        bench.setRoom(.max)
        log.flush()
        #expect(!log.refuses)
        log.close()
        #expect(try bench.lines("in flight").count == 1)
        #expect(try bench.lines("\"gap\"", "\"refused\":3").count == 1)
    }

    @Test("with `block` a log that cannot be opened refuses from the beginning")
    func blocksAtOnce() throws {
        try FileManager.default.createDirectory(atPath: bench.root, withIntermediateDirectories: true)
        try Data().write(to: URL(fileURLWithPath: bench.directory.path))
        let log = try bench.open { $0.onFailure = .block }
        log.open()
        #expect(log.refuses)
        #expect(log.refusal?.hint?.contains("room") == false && log.refusal?.hint?.contains("can be written") == true)
        try FileManager.default.removeItem(atPath: bench.directory.path)
        log.flush()
        #expect(!log.refuses)
        log.close()
        #expect(try bench.verify().broken == nil)
    }

    @Test("with `block` a disk that does not keep up refuses before anything is lost")
    func slow() throws {
        let log = try bench.open {
            $0.onFailure = .block
            $0.queue = 16
        }
        for _ in 0..<8 { log.append(bench.entry()) }
        #expect(!log.refuses)
        log.append(bench.entry())
        #expect(log.refuses)
        log.flush()
        #expect(!log.refuses && log.condition.lost == 0)
        log.close()
    }

    @Test("the real thing: a device without room")
    func device() throws {
        guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
        try FileManager.default.createDirectory(atPath: bench.directory.path, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: bench.directory.path + "/anchors.jsonl",
            withDestinationPath: "/dev/full"
        )
        let log = try bench.open()
        log.append(bench.entry())
        log.close()
        #expect(bench.log.messages.count == 1 && bench.log.messages[0].contains("No space left"))
    }

    @Test("numbers that somebody put there, beyond all that there can be, cost the entries nothing", arguments: 0..<3)
    func plantedNumbers(way: Int) throws {
        var log = try bench.open()
        log.append(bench.entry("first"))
        log.close()
        let largest = "\"seq\":\(Int.max),"
        switch way {
        case 0:
            // A line of nobody's, behind the last one.
            let text = String(decoding: try bench.text(1), as: UTF8.self)
            let last = try #require(text.split(separator: "\n").last)
            try bench.setText(Array((text + last.replacing("\"seq\":2,", with: largest) + "\n").utf8), 1)
        case 1:
            // A file of somebody else's key.
            let text = String(decoding: try bench.text(1), as: UTF8.self)
            let planted = text.replacing(try AuditBench.key(7).id, with: "0123456789abcdef")
                .replacing("\"file\":1,", with: "\"file\":2,").replacing("\"seq\":2,", with: largest)
            try Data(planted.utf8).write(to: URL(fileURLWithPath: bench.directory.path(of: 2)))
        default:
            let path = bench.directory.path + "/audit-\(Int.max).jsonl"
            try Data(try bench.text(1)).write(to: URL(fileURLWithPath: path))
        }
        log = try bench.open()
        log.append(bench.entry("second"))
        log.close()
        #expect(try bench.lines("\"second\"").count == 1)
        #expect(try bench.verify().broken != nil || way == 2)
    }

    @Test("a lock that nobody gives back is a failure, not the end of waiting")
    func lock() throws {
        try bench.directory.prepare()
        let held = try WaitedFileLock(bench.directory.lock)
        #expect(throws: AuditFileError.self) {
            try withExtendedLifetime(held) { _ = try WaitedFileLock(bench.directory.lock, patience: .milliseconds(1)) }
        }
    }
}
