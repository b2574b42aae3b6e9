import Aurelis
import AurelisTesting
import Testing

@Suite("The audit log: files that follow each other")
struct AuditFilesTests {
    private let key: AuditKey
    private let files: [[[UInt8]]]

    init() throws {
        key = try AuditSamples.key()
        var (chain, files) = (AuditChain.beginning, [[[UInt8]]]())
        for number in 1...4 {
            // From the third on with another key.
            let key = number < 3 ? key : try AuditSamples.key(8)
            var lines = AuditSamples.lines(5, key, file: number, after: chain)
            if number == 4 {
                var page = AuditPage(after: try Self.end(of: lines))
                let second = try Self.end(of: files[1])
                page.add(
                    .notice(.retention(through: 2, sequence: second.sequence, code: second.code), time: 0),
                    .init(),
                    key
                )
                lines += AuditSamples.split(page.bytes)
            }
            chain = try Self.end(of: lines)
            files.append(lines)
        }
        self.files = files
    }

    private static func end(of lines: [[UInt8]]) throws -> AuditChain {
        let last = try AuditSamples.anchor(lines[lines.count - 1])
        return AuditChain(sequence: last.sequence, code: last.code)
    }

    private func found(_ files: [(Int, [[UInt8]])], anchors: [AuditAnchor] = []) -> AuditBreak? {
        do throws(AuditBreak) {
            guard let keys = try? AuditSamples.keys(8, 7) else { return nil }
            var verifier = try AuditVerifier(keys: keys, anchors: anchors)
            for (number, lines) in files {
                try verifier.begin(file: number)
                for line in lines { try verifier.take(line[...]) }
                try verifier.end(rest: 0)
            }
            try verifier.finish()
            return nil
        } catch {
            return error
        }
    }

    private func all(from first: Int = 1) -> [(Int, [[UInt8]])] { (first...4).map { ($0, files[$0 - 1]) } }

    @Test("all of them are whole, over a change of keys")
    func whole() { #expect(found(all()) == nil) }

    @Test("what was removed as the log says is not missing, at whatever file the removal ended")
    func retention() {
        #expect(found(all(from: 3)) == nil)
        #expect(found(all(from: 2)) == nil)
        #expect(found(all(from: 4))?.kind == .files)
    }

    @Test("a file in the middle, files in another order, one under another's name")
    func order() {
        #expect(found([(1, files[0]), (3, files[2]), (4, files[3])])?.kind == .files)
        #expect(found([(1, files[1]), (2, files[0])])?.kind == .misplaced)
        #expect(found([(1, files[0]), (2, files[2])])?.kind == .missing)
        #expect(found([(1, files[0]), (2, files[0])])?.kind == .missing)
        #expect(found([(1, files[0]), (2, Array(files[1].dropFirst()))])?.kind == .head)
        #expect(found([(1, files[0]), (2, [])])?.kind == .head)
    }

    @Test("the end of a file that another one follows")
    func cutInTheMiddle() {
        let found = found([(1, Array(files[0].dropLast())), (2, files[1])])
        #expect(found?.kind == .missing && found?.file == "audit-00000002.jsonl" && found?.line == 1)
    }

    @Test("the last file is found to be missing by an anchor only, and so is the whole log")
    func lastFile() throws {
        let anchor = try AuditSamples.anchor(files[3][2], file: 4)
        #expect(found(Array(all().dropLast())) == nil)
        #expect(found(Array(all().dropLast()), anchors: [anchor])?.kind == .truncated)
        #expect(found([], anchors: [anchor])?.kind == .truncated)
        #expect(found(all(), anchors: [anchor]) == nil)
    }

    @Test("anchors that contradict each other, and one of the wrong file")
    func anchors() throws {
        let anchor = try AuditSamples.anchor(files[3][2], file: 4)
        var other = anchor
        other.code[0] ^= 1
        #expect(found(all(), anchors: [anchor, other])?.kind == .anchor)
        #expect(found(all(), anchors: [other])?.kind == .anchor)
        other = anchor
        other.file = 3
        #expect(found(all(), anchors: [other])?.kind == .anchor)
    }

    @Test("anchors are read as they were written, and nothing else is")
    func reading() throws {
        let anchor = try AuditSamples.anchor(files[3][2], file: 4)
        #expect(AuditAnchor(reading: anchor.line) == anchor)
        for text in ["", "{}", #"{"file":1,"seq":1,"mac":"00"}"#, #"{"file":0,"seq":1}"#] {
            #expect(AuditAnchor(reading: Array(text.utf8)) == nil)
        }
    }
}
