import Aurelis
import AurelisJSON
import AurelisTesting

/// What the tests of the audit log are made of.
enum AuditSamples {
    static let time: Int64 = 1_764_324_000_000

    static func key(_ byte: UInt8 = 7) throws -> AuditKey {
        guard let key = AuditKey([UInt8](repeating: byte, count: AuditKey.byteCount)) else { throw Missing() }
        return key
    }

    static func keys(_ bytes: UInt8...) throws -> AuditKeyRing {
        guard let ring = AuditKeyRing(try bytes.map { try key($0) }) else { throw Missing() }
        return ring
    }

    struct Missing: Error {}

    static func record(_ index: Int, _ outcome: RequestRecord.Outcome = .answered) -> RequestRecord {
        RequestRecord(
            id: .next(),
            time: time + Int64(index),
            operation: .chatCompletion,
            tenant: index.isMultiple(of: 3) ? "team \"\(index)\"" : "",
            task: .codeReview,
            modelRequested: "gpt-4o",
            modelUsed: outcome == .answered ? "gpt-4o" : nil,
            provider: outcome == .answered ? "openai" : nil,
            stream: false,
            outcome: outcome,
            message: outcome == .answered ? nil : "no: \u{1F600}",
            duration: .milliseconds(index % 900),
            usage: TokenUsage(prompt: index, completion: 2),
            cost: 1,
            trace: RouteTrace()
        )
    }

    /// Lines of a file, head first, without their ends.
    static func lines(_ count: Int, _ key: AuditKey, file: Int = 1, after chain: AuditChain = .beginning) -> [[UInt8]] {
        var page = AuditPage(after: chain)
        let time = TimeStamp(milliseconds: time).description
        let head = AuditHead(file: file, key: key.id, previous: chain.code, sequence: chain.sequence + 1, time: time)
        page.add(head.body, key)
        var index = 0
        while page.ends.count < count {
            page.add(
                .authentication(.init(time: Self.time + Int64(index), place: "gateway", reason: "r\(index)")),
                .init(),
                key
            )
            index += 1
        }
        return split(page.bytes)
    }

    static func split(_ bytes: [UInt8]) -> [[UInt8]] {
        bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast().map(Array.init)
    }

    /// What a verifier finds in the text of a file.
    static func verify(_ text: [UInt8], from verifier: AuditVerifier) -> AuditBreak? {
        var verifier = verifier
        do throws(AuditBreak) {
            var start = 0
            while let end = text[start...].firstIndex(of: UInt8(ascii: "\n")) {
                try verifier.take(text[start..<end])
                start = end + 1
            }
            try verifier.end(rest: text.count - start)
            try verifier.finish()
            return nil
        } catch {
            return error
        }
    }

    static func anchor(_ line: [UInt8], file: Int = 1) throws -> AuditAnchor {
        guard let sealed = AuditLine(line[...]), let sequence = sealed.document?["seq"]?.int else { throw Missing() }
        return AuditAnchor(time: "t", file: file, sequence: sequence, key: "", code: sealed.code)
    }
}
