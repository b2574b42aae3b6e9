import Crypto

@testable import Aurelis

extension FuzzTarget {
    /// What Redis or the disk hands over as a kept answer is opened or refused; what was opened can be sealed again.
    ///
    /// The input lacks its checksum, which anybody who can write there could compute.
    static let envelope = FuzzTarget("envelope") { bytes in
        let sealed = bytes + SHA256.hash(data: bytes).prefix(16)
        guard let facts = CacheEnvelope.facts(of: sealed) else { return }
        // What every look at a kept answer asks.
        let now: Int64 = 1_800_000_000_000
        try holds(facts.age(at: now) >= .zero, "an answer is younger than new")
        try holds(facts.expiry(in: .seconds(3_600)) <= now + 3_600_000 || facts.created > now, "it lives too long")
        let envelope = CacheEnvelope()
        guard let answer = try? envelope.open(sealed, for: facts.key) else { return }
        let again = try envelope.open(envelope.seal(answer), for: facts.key)
        try holds(again.payload == answer.payload, "sealed and opened again, it is another answer")
    }
}
