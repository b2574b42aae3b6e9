import Aurelis
import AurelisJSON
import AurelisTesting
import Testing

@Suite("The audit log: reading what anybody may have written")
struct AuditReadingTests {
    @Test("garbage of any kind ends in a break, never in a crash", arguments: 0..<200)
    func garbage(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let lines = AuditSamples.lines(6, try AuditSamples.key())
        var text = lines.flatMap { $0 + [UInt8(ascii: "\n")] }
        let original = text
        for _ in 0...Int(random.next() % 4) {
            let at = Int(random.next() % UInt64(text.count))
            switch random.next() % 4 {
            case 0: text[at] = UInt8(truncatingIfNeeded: random.next())
            case 1: text.insert(contentsOf: lines[Int(random.next() % 6)], at: at)
            case 2: text.removeSubrange(at..<min(text.count, at + Int(random.next() % 300)))
            default: text.insert(UInt8(ascii: "\n"), at: at)
            }
            if text.isEmpty { text = [0] }
        }
        let anchor = try AuditSamples.anchor(lines[5])
        var verifier = try AuditVerifier(keys: AuditSamples.keys(7), anchors: [anchor])
        try verifier.begin(file: 1)
        #expect((AuditSamples.verify(text, from: verifier) == nil) == (text == original))
    }

    @Test(
        "times of a selection",
        arguments: [
            ("2026-11-28", true), ("2026-11-28T10", true), ("2026-11-28T10:30Z", true),
            ("2026-11-28T10:30:00.123Z", true),
            ("28.11.2026", false), ("2026-11", false), ("", false), ("2026-11-28 10:30", false),
            ("2026-11-28T10:30:0", false),
        ]
    )
    func moments(text: String, isTime: Bool) { #expect((AuditSelection.moment(text) != nil) == isTime) }

    @Test("a selection includes both its ends")
    func ends() throws {
        let line = try JSONDocument(#"{"event":"auth_event","time":"2026-11-28T10:30:00.500Z","request_id":"r"}"#)
        func admits(_ from: String?, _ to: String?, _ event: String? = nil, _ request: String? = nil) -> Bool {
            var selection = AuditSelection()
            (selection.from, selection.to, selection.request) = (from, to, request)
            if let event { selection.events = [event] }
            return selection.admits(line)
        }
        #expect(
            admits(nil, nil) && admits("2026-11-28", "2026-11-28") && admits("2026-11-28T10:30:00.500", "2026-11-28T10")
        )
        #expect(!admits("2026-11-28T11", nil) && !admits(nil, "2026-11-27") && !admits(nil, "2026-11-28T10:29"))
        #expect(admits(nil, nil, "auth_event", "r") && !admits(nil, nil, "config_event") && !admits(nil, nil, nil, "s"))
    }

    @Test(
        "names of files",
        arguments: [
            ("audit-00000001.jsonl", 1), ("audit-123456789.jsonl", 123_456_789), ("audit-1.jsonl", nil),
            ("audit-00000000.jsonl", nil), ("audit-0000000a.jsonl", nil), ("audit-00000001.jsonl.torn", nil),
            ("x", nil),
        ]
    )
    func names(name: String, number: Int?) { #expect(AuditFileName.number(name) == number) }

    @Test("a key is of 32 bytes, and its name tells keys apart")
    func keys() throws {
        #expect(AuditKey([1, 2, 3]) == nil && AuditKeyRing([]) == nil)
        let ring = try AuditSamples.keys(1, 2)
        let names = try (1...3).map { try AuditSamples.key($0).id }
        #expect(ring[names[1]] != nil && ring[names[2]] == nil)
        #expect(ring.current.id == names[0] && names[0].count == 16)
    }
}
