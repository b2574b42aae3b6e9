import Aurelis
import AurelisTesting
import Foundation
import Testing

@testable import AurelisStorage

@Suite("The audit log through anything that can happen")
struct AuditSequenceTests {
    @Test(
        "appending, dying at any byte, opening again, full disks, new days, new keys: the chain is whole, nothing is there twice",
        arguments: 0..<60
    )
    func sequences(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        func chance(_ count: UInt64) -> Int { Int(random.next() % count) }
        let bench = AuditBench()
        var keys: [UInt8] = [7]
        let change: @Sendable (inout AuditSettings) -> Void = {
            $0.fileSize = 4_096
            $0.retentionDays = 3
            $0.queue = 64
            $0.anchors.entries = 20
        }
        var log = try bench.open(keys: keys, change)
        var appended = 0
        /// What is on the disk for certain, and what a crash took.
        var durable: Set<Int> = []
        var waiting: Set<Int> = []
        var isFull = false
        for _ in 0..<80 {
            switch chance(12) {
            case 0...5:
                for _ in 0...chance(8) where log.condition.waiting < 60 {
                    log.append(bench.entry("n\(appended)"))
                    waiting.insert(appended)
                    appended += 1
                }
            case 6, 7:
                log.flush()
                if log.condition.waiting == 0 {
                    durable.formUnion(waiting)
                    waiting = []
                }
            case 8:
                isFull.toggle()
                bench.setRoom(isFull ? chance(900) : .max)
            case 9: bench.advance(86_400)
            case 10:
                // A second process writes a group and dies at any byte of it; then a third one comes.
                guard !isFull else { continue }
                log.flush()
                durable.formUnion(waiting)
                waiting = []
                guard let last = try bench.directory.files().last else { continue }
                let before = try bench.text(last)
                let other = try bench.open(keys: keys, change)
                for _ in 0...chance(4) {
                    other.append(bench.entry("n\(appended)"))
                    appended += 1
                }
                other.flush()
                guard try bench.directory.files().last == last else { continue }
                let after = try bench.text(last)
                try bench.setText(
                    Array(after.prefix(before.count + chance(UInt64(after.count - before.count + 1)))),
                    last
                )
                log = try bench.open(keys: keys, change)
            default:
                if chance(4) == 0 { keys = keys == [7] ? [8, 7] : [7, 8] }
                log.close()
                if log.condition.waiting == 0 { durable.formUnion(waiting) }
                waiting = []
                log = try bench.open(keys: keys, change)
            }
        }
        bench.setRoom(.max)
        // What a dying process left is set apart by the next one that writes.
        log.append(bench.entry("n\(appended)"))
        log.close()
        // Anchors may know what the crash took: that is what they are for, and not what is looked at here.
        try? FileManager.default.removeItem(atPath: bench.directory.anchors)
        let report = try bench.verify()
        #expect(report.broken == nil)
        let written = try bench.lines("\"auth_event\"").map { line in
            Int(line.split(separator: "\"n")[1].prefix { $0 != "\"" }) ?? -1
        }
        #expect(Set(written).count == written.count)
        #expect(written == written.sorted() && report.lost == 0)
        // What retention has removed is older than the oldest that is there.
        let oldest = written.min() ?? appended
        #expect(durable.filter { $0 >= oldest }.isSubset(of: Set(written)))
    }
}
