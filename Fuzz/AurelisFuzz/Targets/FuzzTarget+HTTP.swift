import Aurelis
import AurelisJSON

@testable import AurelisGateway

extension FuzzTarget {
    /// The gateway's front: whatever comes in whatever pieces, a request has one answer at most, nobody can make two
    /// requests of what is one, and nothing is left behind.
    static let http = FuzzTarget("http") { bytes in
        let strict = StrictRequests(bytes)
        var runs: [HTTPFront.Outcome] = []
        for pieces in [[bytes]] + Splits.ways(of: bytes) {
            let outcome = try HTTPFront.serve(pieces)
            try check(outcome, strict)
            runs.append(outcome)
        }
        // A refusal may come earlier when bytes come one by one; up to there all see the same requests.
        for run in runs.dropFirst() {
            let common = min(run.calls.count, runs[0].calls.count)
            try holds(run.calls.prefix(common) == runs[0].calls.prefix(common), "pieces make other calls")
        }
    }

    private static func check(_ outcome: HTTPFront.Outcome, _ strict: StrictRequests) throws {
        try holds(outcome.statuses.count <= outcome.heads + 1, "\(outcome.statuses) for \(outcome.heads) requests")
        try holds(outcome.openConnections == 0, "a connection is still counted")
        try holds(outcome.bodyBytes == 0, "\(outcome.bodyBytes) bytes of bodies are still counted")
        // Who reads the bytes as strictly as the standard may must find every call that was made, in this order.
        var rest = strict.bodies[...]
        for call in outcome.calls {
            guard let index = rest.firstIndex(where: { messages(of: $0).contains(call) }) else {
                let text = String(decoding: call, as: UTF8.self)
                throw FuzzFinding(description: "a call that no strict reader sees: \(text)")
            }
            rest = rest[(index + 1)...]
        }
    }

    /// What a provider may be asked because of a body: its own messages, or those that a response is put as.
    private static func messages(of body: [UInt8]) -> [[UInt8]] {
        guard let document = try? JSONDocument(body) else { return [] }
        let translated = (try? ResponseRequest(reading: document))?.chat
        return [document, translated].compactMap { $0.map(HTTPFront.mark) }
    }
}
