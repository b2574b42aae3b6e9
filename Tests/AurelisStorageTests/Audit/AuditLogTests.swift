import Aurelis
import Foundation
import Testing

@testable import AurelisStorage

@Suite("The audit log on the disk")
struct AuditLogTests {
    private let bench = AuditBench()

    @Test("a flood of refusals is a few lines and a number, also when the log is closed in its middle")
    func flood() throws {
        let log = try bench.open()
        var made = 0
        for index in 0..<1_000 {
            log.append(.authentication("gateway", "unknown_key")) {
                made += 1
                return bench.entry("refusal \(index)")
            }
        }
        log.append(.security("gateway", "foreign_origin")) { bench.entry("another kind") }
        log.close()
        // Nothing was put into words for those that were only counted.
        #expect(made == 10)
        #expect(try bench.lines("refusal").count == 10)
        #expect(try bench.lines("another kind").count == 1)
        let told = try bench.lines("auth_event", "\"unknown_key\"", "\"left_out\":990", "\"since\":")
        #expect(told.count == 1)
        #expect(try bench.verify().broken == nil)
    }

    @Test("what was appended is there, whole and anchored, for its user only")
    func life() throws {
        let log = try bench.open()
        for index in 0..<1_000 { log.append(bench.entry("r\(index)")) }
        #expect(log.condition.waiting == 1_000)
        log.close()
        let report = try bench.verify()
        #expect(report.broken == nil && report.entries == 1_001 && report.unanchored == 0 && report.files == 1)
        let rights = try FileManager.default.attributesOfItem(atPath: bench.directory.path(of: 1))[.posixPermissions]
        #expect(rights as? Int == 0o600)
        let above = try FileManager.default.attributesOfItem(atPath: bench.directory.path)[.posixPermissions]
        #expect(above as? Int == 0o700)
        #expect(bench.log.messages.isEmpty)
    }

    @Test("a log that is opened again goes on, and nothing is made where nothing is written")
    func again() throws {
        try bench.open().close()
        #expect(try bench.directory.files().isEmpty)
        for round in 1...3 {
            let log = try bench.open()
            log.append(bench.entry())
            log.close()
            let report = try bench.verify()
            #expect(report.broken == nil && report.last == round + 1)
        }
    }

    @Test("two processes write to one chain")
    func together() throws {
        let logs = [try bench.open(), try bench.open(), try bench.open()]
        DispatchQueue.concurrentPerform(iterations: 3) { writer in
            for index in 0..<300 {
                logs[writer].append(bench.entry("w\(writer)-\(index)"))
                if index.isMultiple(of: 7) { logs[writer].flush() }
            }
            logs[writer].close()
        }
        #expect(try bench.verify().broken == nil)
        for writer in 0..<3 {
            let own = try bench.lines("\"w\(writer)-").map {
                $0.split(separator: "\"w\(writer)-")[1].prefix { $0 != "\"" }
            }
            #expect(own == (0..<300).map { "\($0)" })
        }
    }

    @Test("a file gives way to the next when it is large, and with the day")
    func rotation() throws {
        let log = try bench.open { $0.fileSize = 4_096 }
        for _ in 0..<10 {
            for _ in 0..<10 { log.append(bench.entry()) }
            log.flush()
        }
        let count = try bench.directory.files().count
        #expect(count > 2)
        bench.advance(86_400)
        log.append(bench.entry())
        log.close()
        #expect(try bench.directory.files().count == count + 1)
        let report = try bench.verify()
        #expect(report.broken == nil && report.files == count + 1 && report.unanchored == 0)
    }

    @Test("old files go, one by one, and the log says so")
    func retention() throws {
        let log = try bench.open { $0.retentionDays = 2 }
        for _ in 0..<6 {
            log.append(bench.entry())
            log.flush()
            bench.advance(86_400)
        }
        log.close()
        #expect(try bench.directory.files() == [3, 4, 5, 6])
        let report = try bench.verify()
        #expect(report.broken == nil && report.first > 1)
        #expect(try !bench.lines("\"retention\"").isEmpty)
        try FileManager.default.removeItem(atPath: bench.directory.path(of: 3))
        #expect(try bench.verify().broken?.kind == .files)
    }

    @Test("files beyond the size that all may have go, never the newest")
    func retentionBySize() throws {
        let log = try bench.open {
            $0.fileSize = 4_096
            $0.retentionBytes = 10_000
        }
        for _ in 0..<30 {
            for _ in 0..<10 { log.append(bench.entry()) }
            log.flush()
        }
        log.close()
        let files = try bench.directory.files()
        #expect(files.count > 1 && files.count < 5)
        #expect(try bench.verify().broken == nil)
    }

    @Test("another key begins a new file; a process that does not know it goes on with its own")
    func keys() throws {
        for (index, keys) in [[7], [8, 7], [7], [8, 7], [8, 7]].enumerated() {
            let log = try bench.open(keys: keys.map(UInt8.init))
            log.append(bench.entry("k\(index)"))
            log.close()
        }
        let report = try bench.verify()
        #expect(report.broken == nil && report.files == 4)
        #expect(try bench.verify(keys: [8]).broken?.kind == .key)
    }

    @Test("a key that is gone is an alarm, once, and the chain says that it begins anew")
    func lostKey() throws {
        for (key, reason) in [(UInt8(7), "before"), (8, "behind"), (8, "later")] {
            let log = try bench.open(keys: [key])
            log.append(bench.entry(reason))
            log.close()
        }
        #expect(bench.log.messages.count == 1)
        #expect(bench.log.messages.first?.contains("which is not here") == true)
        let lost = try Self.id(7)
        #expect(try bench.lines("\"unknown_key\"", "\"key\":\"\(lost)\"", "begins anew").count == 1)
        #expect(try bench.verify().broken == nil)
        #expect(try bench.verify(keys: [8]).broken?.kind == .key)
    }

    private static func id(_ byte: UInt8) throws -> String { try AuditBench.key(byte).id }

    @Test(
        "the beginning of a line that a dying process left is set apart, and the log says so",
        arguments: [1, 50, 200]
    )
    func torn(length: Int) throws {
        let first = try bench.open()
        for _ in 0..<3 { first.append(bench.entry()) }
        first.flush()
        let whole = try bench.text(1)
        let fragment = Array(whole.suffix(250).prefix(length).map { $0 == 10 ? 32 : $0 })
        try bench.setText(whole + fragment, 1)
        #expect(try bench.verify().broken?.kind == .incomplete)
        let second = try bench.open()
        second.append(bench.entry("after"))
        second.close()
        let report = try bench.verify()
        #expect(report.broken == nil && report.last == 6)
        #expect(try bench.lines("\"torn\"", "\"bytes\":\(length)").count == 1)
        let kept = try Data(contentsOf: URL(fileURLWithPath: bench.directory.tornPath(of: 1)))
        #expect(Array(kept.dropLast()) == fragment)
        #expect(bench.log.messages.count == 1)
    }

    @Test("a process that died when it had just made a file, or half of its first line", arguments: [0, 40])
    func tornHead(length: Int) throws {
        let log = try bench.open()
        log.append(bench.entry())
        log.close()
        let head = Array(try bench.text(1).prefix(length))
        try Data(head).write(to: URL(fileURLWithPath: bench.directory.path(of: 2)))
        let next = try bench.open()
        next.append(bench.entry())
        next.close()
        #expect(try bench.verify().broken == nil)
        #expect(try bench.directory.files() == [1])
    }

    enum Damage: CaseIterable { case cut, changed, gone, allGone, replaced }

    @Test("who changes the log under a running process is found out, then and later", arguments: Damage.allCases)
    func damage(damage: Damage) throws {
        let log = try bench.open { $0.fileSize = 4_096 }
        for _ in 0..<4 {
            for _ in 0..<10 { log.append(bench.entry()) }
            log.flush()
        }
        let last = try #require(try bench.directory.files().last)
        let text = try bench.text(last)
        let end = try #require(text.dropLast().lastIndex(of: 10))
        switch damage {
        case .cut: try bench.setText(Array(text[...end]), last)
        case .changed:
            // By a line more, so that the process looks.
            var text = text
            text[text.count - 40] ^= 1
            try bench.setText(text + Array(text[(end + 1)...]), last)
        case .gone: try FileManager.default.removeItem(atPath: bench.directory.path(of: last))
        case .allGone:
            try bench.directory.files().forEach {
                try FileManager.default.removeItem(atPath: bench.directory.path(of: $0))
            }
        case .replaced:
            try Data(text[...end]).write(to: URL(fileURLWithPath: bench.directory.path(of: last)), options: .atomic)
        }
        log.append(bench.entry("later"))
        log.close()
        #expect(try bench.lines("later").count == 1)
        #expect(try bench.lines("\"damaged\"").count == 1)
        #expect(bench.log.messages.count == 1)
        #expect(try bench.verify().broken != nil)
    }

    @Test(
        "an anchor is set after so many entries, after so long, and at the end; a broken line in its file is no obstacle"
    )
    func anchors() throws {
        let elsewhere = bench.root + "/elsewhere.jsonl"
        let log = try bench.open {
            $0.anchors.file = elsewhere
            $0.anchors.entries = 10
            $0.anchors.interval = .seconds(60)
        }
        func count() -> Int {
            (try? String(contentsOfFile: elsewhere, encoding: .utf8))?.split(separator: "\n").count ?? 0
        }
        log.append(bench.entry())
        log.write()
        log.look()
        #expect(count() == 0)
        for _ in 0..<10 { log.append(bench.entry()) }
        log.write()
        log.look()
        #expect(count() == 1)
        log.append(bench.entry())
        log.write()
        log.look()
        #expect(count() == 1)
        bench.advance(61)
        log.look()
        #expect(count() == 2)
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: elsewhere))
        try file.seekToEnd()
        try file.write(contentsOf: Data(#"{"time":"#.utf8))
        try file.close()
        log.append(bench.entry())
        log.close()
        let report = try bench.verify(anchors: [elsewhere])
        // The half line in the middle is no anchor, and that is said.
        #expect(report.broken?.kind == .anchor && report.broken?.line == 3)
    }

    @Test("a command gets the anchor; one that fails or hangs is an alarm and holds nobody up")
    func command() throws {
        let taken = bench.root + "/taken"
        let log = try bench.open { $0.anchors.command = "cat >> \(taken)" }
        log.append(bench.entry())
        log.close()
        let report = try bench.verify(anchors: [taken])
        #expect(report.broken == nil && report.metAnchors == 2 - 1 && report.anchors == 2)
        for command in ["exit 3", "sleep 60", "exec 0<&-; kill -9 $$"] {
            let failing = try bench.open {
                $0.anchors.command = command
                $0.anchors.timeout = .milliseconds(100)
            }
            let before = bench.log.messages.count
            failing.append(bench.entry())
            failing.close()
            #expect(bench.log.messages.count == before + 1, "\(command)")
        }
        #expect(
            bench.log.messages.map { $0.contains("status 3") || $0.contains("not ended") || $0.contains("signal 9") }
                == [true, true, true]
        )
    }

    @Test("a command that asks one thing runs the anchor's command only after so many entries")
    func brief() throws {
        let taken = bench.root + "/taken"
        for _ in 0..<3 {
            let log = try bench.open(isBrief: true) { $0.anchors.command = "cat >> \(taken)" }
            log.append(bench.entry())
            log.close()
        }
        #expect(!FileManager.default.fileExists(atPath: taken))
        #expect(try bench.verify().metAnchors == 3)
    }
}
