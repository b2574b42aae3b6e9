import Aurelis
import AurelisJSON

extension CacheKey {
    /// A key of its own for each number.
    static func sample(_ number: UInt8) -> CacheKey { CacheKey(bytes: [number] + [UInt8](repeating: 0xAB, count: 31))! }
}

extension CacheRecord {
    /// The sealed bytes are the facts themselves, and white space up to the size.
    static func sample(
        _ number: UInt8,
        tenant: String = "",
        tags: [String] = [],
        created: Int64 = Sample.now,
        lifetime: Duration = .seconds(600),
        size: Int = 0
    ) -> CacheRecord {
        let facts = CacheFacts(
            key: .sample(number),
            operation: .chatCompletion,
            provider: "github",
            model: "gpt-4o",
            task: .general,
            tenant: tenant,
            tags: tags,
            created: created,
            lifetime: lifetime
        )
        var json = JSONWriter()
        facts.write(to: &json)
        let padding = [UInt8](repeating: UInt8(ascii: " "), count: max(0, size - json.bytes.count))
        return CacheRecord(facts: facts, sealed: json.bytes + padding)
    }
}

enum Sample {
    static let clock = WallClock.fixed(1_800_000_000)
    static let now = clock.millisecondsSinceEpoch

    static func facts(of sealed: [UInt8]) -> CacheFacts? {
        (try? JSONDocument(sealed)).flatMap { CacheFacts(reading: $0.root) }
    }
}
