import Aurelis
import AurelisTesting
import Testing

@Suite("The audit log: what somebody changed is found")
struct AuditTamperingTests {
    private static let count = 10_000
    private let key: AuditKey
    private let lines: [[UInt8]]
    private let anchors: [AuditAnchor]

    init() throws {
        let key = try AuditSamples.key()
        let lines = AuditSamples.lines(Self.count, key)
        (self.key, self.lines) = (key, lines)
        anchors = try [4_000, 9_000, Self.count].map { try AuditSamples.anchor(lines[$0 - 1]) }
    }

    private func verifier(anchors: [AuditAnchor] = []) throws -> AuditVerifier {
        var verifier = try AuditVerifier(keys: AuditSamples.keys(7), anchors: anchors)
        try verifier.begin(file: 1)
        return verifier
    }

    private func text(_ lines: some Sequence<[UInt8]>) -> [UInt8] { lines.flatMap { $0 + [UInt8(ascii: "\n")] } }

    /// Goes through all lines, with the state before each: what comes of a change there depends on nothing else.
    private func walk(_ body: (Int, AuditVerifier) throws -> Void) throws {
        var verifier = try verifier(anchors: anchors)
        for index in lines.indices {
            try body(index, verifier)
            try verifier.take(lines[index][...])
        }
        try verifier.end(rest: 0)
        try verifier.finish()
        #expect(verifier.entries == Self.count && verifier.metAnchors == 3)
    }

    @Test("every line: a changed byte, a removed, a repeated, a moved and a foreign line")
    func lineByLine() throws {
        var random = SplitMix64(seed: 1)
        try walk { index, verifier in
            // What follows is found to be wrong by the next line at the latest; at the end by the anchor.
            let rest = Array(lines[index..<min(index + 3, lines.count)])
            var edited = rest
            let position = Int(random.next() % UInt64(rest[0].count))
            edited[0][position] ^= 1 << UInt8(random.next() % 8)
            expectBroken(text(edited), verifier, "changed", index)
            expectBroken(text(rest.dropFirst()), verifier, "removed", index)
            expectBroken(text([rest[0]] + rest), verifier, "repeated", index)
            if rest.count > 1 { expectBroken(text([rest[1], rest[0]] + rest.dropFirst(2)), verifier, "moved", index) }
            let foreign = lines[Int(random.next() % UInt64(lines.count))]
            if foreign != rest[0] { expectBroken(text([foreign] + rest), verifier, "put in", index) }
        }
    }

    private func expectBroken(_ text: [UInt8], _ verifier: AuditVerifier, _ what: String, _ index: Int) {
        guard let found = AuditSamples.verify(text, from: verifier) else {
            Issue.record("line \(index + 1) was \(what), and nobody noticed")
            return
        }
        // At the line itself or the next one; a cut at the end is found by the anchor, which names no line.
        if let line = found.line {
            #expect(line >= index + 1 && line <= index + 3, "line \(index + 1) was \(what): \(found)")
        }
    }

    @Test("sampled lines: every byte, changed in every bit, removed and doubled, its line's end included")
    func byteByByte() throws {
        let sampled: Set<Int> = [0, 1, 2, 4_999, 9_998, 9_999]
        try walk { index, verifier in
            guard sampled.contains(index) else { return }
            let original = text(lines[index..<min(index + 2, lines.count)])
            for position in 0..<(lines[index].count + 1) {
                for bit in 0..<8 {
                    var edited = original
                    edited[position] ^= 1 << UInt8(bit)
                    #expect(AuditSamples.verify(edited, from: verifier) != nil, "\(index) \(position) bit \(bit)")
                }
                var shorter = original
                shorter.remove(at: position)
                // Of two equal neighbours it does not matter which one is doubled, but that one is.
                #expect(AuditSamples.verify(shorter, from: verifier) != nil, "\(index) \(position) removed")
                var longer = original
                longer.insert(original[position], at: position)
                #expect(AuditSamples.verify(longer, from: verifier) != nil, "\(index) \(position) doubled")
            }
        }
    }

    @Test(
        "every cut before the last anchor is found, at a line's end and within it; one behind it is not, and that is said"
    )
    func cuts() throws {
        let last = try AuditSamples.anchor(lines[8_999])
        var verifier = try verifier(anchors: [last])
        for index in lines.indices {
            var cut = verifier
            let atEnd = Result { () throws(AuditBreak) in
                try cut.end(rest: 0)
                try cut.finish()
            }
            if index < 9_000 {
                #expect(throws: AuditBreak.self) { try atEnd.get() }
            } else {
                try atEnd.get()
                #expect(cut.lastSequence - (cut.lastAnchor?.sequence ?? 0) == index - 9_000)
            }
            let half = Array(lines[index].dropLast(1 + index % (lines[index].count - 1)))
            if !half.isEmpty { #expect(AuditSamples.verify(half, from: verifier)?.kind == .incomplete) }
            try verifier.take(lines[index][...])
        }
    }

    @Test("a log that was rewritten with the key is found by an anchor that its writer could not reach")
    func rewritten() throws {
        var page = AuditPage(after: .beginning)
        let head = AuditHead(file: 1, key: key.id, previous: AuditChain.beginning.code, sequence: 1, time: "t")
        page.add(head.body, key)
        for _ in 1..<Self.count { page.add(.authentication(.init(time: 0, place: "other")), .init(), key) }
        #expect(AuditSamples.verify(page.bytes, from: try verifier()) == nil)
        let found = try #require(AuditSamples.verify(page.bytes, from: try verifier(anchors: anchors)))
        #expect(found.kind == .anchor && found.line == 4_000)
    }

    @Test("with another key nothing is right")
    func foreignKey() throws {
        let forged = AuditSamples.lines(3, try AuditSamples.key(8))
        #expect(AuditSamples.verify(text(forged), from: try verifier())?.kind == .key)
        let mixed = [lines[0]] + forged.dropFirst()
        #expect(AuditSamples.verify(text(mixed), from: try verifier())?.kind == .changed)
    }
}
