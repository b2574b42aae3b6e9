@testable import Aurelis

extension FuzzTarget {
    /// A log of anything is read to a break or to its end; a log that is whole is none any more with one line less, two
    /// exchanged, or one byte changed.
    ///
    /// Each line of the input is what stands behind the number of an entry; the seals are put on here, for nobody guesses one.
    static let audit = FuzzTarget("audit") { bytes in
        let lines = bytes.split(separator: AuditLine.newline, omittingEmptySubsequences: false).map(Array.init)
        for line in lines { try readUnsealed(line) }
        // Nobody but us has the key, so no line as it came has a right seal.
        try holds(verify(bytes, anchors: []) != nil, "a log is whole without a seal")
        let log = seal(lines)
        guard verify(log, anchors: []) == nil else { return }
        try checkTampering(log, bytes)
    }

    private static let key = AuditKey([UInt8](repeating: 7, count: AuditKey.byteCount))

    private static func readUnsealed(_ line: [UInt8]) throws {
        if let anchor = AuditAnchor(reading: line) {
            try holds(AuditAnchor(reading: anchor.line) == anchor, "an anchor reads as another one")
        }
        guard let sealed = AuditLine(line[...]), let document = sealed.document else { return }
        if let head = AuditHead(reading: document) {
            try holds(head.sequence > 0 && head.file > 0 && head.previous.count == 32, "a head is none: \(head)")
        }
        var selection = AuditSelection()
        (selection.from, selection.to, selection.request) = ("2026-01-01", "2026-12-31T23", "req_1")
        _ = selection.admits(document)
    }

    /// A head, and the lines behind it, with their numbers and their seals.
    private static func seal(_ lines: [[UInt8]]) -> [UInt8] {
        guard let key else { return [] }
        var page = AuditPage(after: .beginning)
        let zero = AuditChain.beginning
        page.add(AuditHead(file: 1, key: key.id, previous: zero.code, sequence: 1, time: "2026-11-28").body, key)
        for line in lines {
            page.add(Array("{\"seq\":\(page.chain.sequence + 1),".utf8) + line + Array("}".utf8), key)
        }
        return page.bytes
    }

    private static func verify(_ log: [UInt8], anchors: [AuditAnchor]) -> AuditBreak? {
        guard let key, let ring = AuditKeyRing([key]) else { return AuditBreak(.key, "no key") }
        do throws(AuditBreak) {
            var verifier = try AuditVerifier(keys: ring, anchors: anchors)
            try verifier.begin(file: 1)
            var rest = log[...]
            while let end = rest.firstIndex(of: AuditLine.newline) {
                try verifier.take(rest[..<end])
                rest = rest[(end + 1)...]
            }
            try verifier.end(rest: rest.count)
            try verifier.finish()
            return nil
        } catch {
            return error
        }
    }

    /// - Parameter seed: decides what is changed, always the same for the same input.
    private static func checkTampering(_ log: [UInt8], _ seed: [UInt8]) throws {
        let lines = log.split(separator: AuditLine.newline).map(Array.init)
        guard let last = lines.last.flatMap({ AuditLine($0[...]) }) else { return }
        let anchor = AuditAnchor(time: "now", file: 1, sequence: lines.count, key: "", code: last.code)
        try holds(verify(log, anchors: [anchor]) == nil, "a log does not meet its own anchor")
        let chance = seed.reduce(0x811C_9DC5) { ($0 ^ Int($1)) &* 0x0100_0193 & 0xFFFF_FFFF }
        let index = chance % lines.count
        func isWhole(_ lines: [[UInt8]]) -> Bool {
            verify(Array(lines.joined(separator: [AuditLine.newline])) + [AuditLine.newline], anchors: [anchor]) == nil
        }
        var changed = lines
        changed.remove(at: index)
        try holds(!isWhole(changed), "line \(index + 1) may be missing")
        changed = lines
        changed.insert(lines[index], at: chance / 7 % lines.count)
        try holds(!isWhole(changed), "line \(index + 1) may be there twice")
        changed = lines
        changed[index][chance / 11 % lines[index].count] ^= UInt8(1 << (chance / 13 % 8))
        try holds(!isWhole(changed), "a bit of line \(index + 1) may be another")
    }
}
