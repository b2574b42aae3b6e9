import AurelisJSON
import AurelisTesting
import Crypto
import Testing

@testable import Aurelis

@Suite("Cache: sealed answers")
struct CacheEnvelopeTests {
    static let keys: [SymmetricKey?] = [nil, SymmetricKey(data: Array(repeating: 7 as UInt8, count: 32))]

    static func facts(_ prompt: String = "x") throws -> CacheFacts {
        let call = try ModelCall(ModelRequest(prompt, model: .gpt4o), stream: false)
        return CacheFacts(
            key: CacheKey(of: call, provider: "scripted", address: "", model: "gpt-4o"),
            operation: .chatCompletion,
            provider: "scripted",
            model: "gpt-4o",
            task: .explanation,
            tenant: "team \"a\"",
            tags: ["release-2", "ü"],
            created: 1_700_000_000_123,
            lifetime: .seconds(7_200)
        )
    }

    private func answer(_ text: String = "hello", streamed: Bool = false) throws -> CachedAnswer {
        let content: CachedAnswer.Content =
            streamed
            ? .chunks(try ScriptedAnswer.events(text).compactMap(\.chunk))
            : .whole(try JSONDocument(ScriptedAnswer.completion(text)))
        return CachedAnswer(facts: try Self.facts(), content: content)
    }

    @Test(
        "what is sealed opens as it was, short and long, whole and streamed, plain and encrypted",
        arguments: keys,
        [1, 4_000]
    )
    func roundTrip(key: SymmetricKey?, length: Int) throws {
        let envelope = CacheEnvelope(key: key)
        for streamed in [false, true] {
            let answer = try answer(String(repeating: "word ", count: length), streamed: streamed)
            let sealed = envelope.seal(answer)
            let opened = try envelope.open(sealed, for: answer.facts.key)
            #expect(opened.facts == answer.facts)
            #expect(opened.payload == answer.payload)
            #expect(CacheEnvelope.facts(of: sealed) == answer.facts)
            if length > 1 { #expect(sealed.count < answer.payload.count / 4) }
        }
    }

    @Test("no byte can be changed, cut off or added without being noticed", arguments: keys)
    func damage(key: SymmetricKey?) throws {
        let envelope = CacheEnvelope(key: key)
        let answer = try answer()
        let sealed = envelope.seal(answer)
        for index in sealed.indices {
            var damaged = sealed
            damaged[index] ^= 0x20
            #expect(throws: CacheEnvelope.Refusal.self) { try envelope.open(damaged, for: answer.facts.key) }
        }
        for length in 0..<sealed.count {
            #expect(throws: CacheEnvelope.Refusal.self) {
                try envelope.open(Array(sealed.prefix(length)), for: answer.facts.key)
            }
        }
        #expect(throws: CacheEnvelope.Refusal.tampered) { try envelope.open(sealed + [0], for: answer.facts.key) }
    }

    @Test("an answer under another key's name is not opened", arguments: keys)
    func swapped(key: SymmetricKey?) throws {
        let envelope = CacheEnvelope(key: key)
        let sealed = envelope.seal(try answer())
        #expect(throws: CacheEnvelope.Refusal.tampered) { try envelope.open(sealed, for: Self.facts("other").key) }
    }

    @Test("another key's, a plain one's and another version's answers are foreign, not damaged")
    func foreign() throws {
        let answer = try answer()
        let key = answer.facts.key
        let (plain, encrypted) = (CacheEnvelope(), CacheEnvelope(key: Self.keys[1]))
        let other = CacheEnvelope(key: SymmetricKey(data: Array(repeating: 8 as UInt8, count: 32)))
        #expect(throws: CacheEnvelope.Refusal.foreign) { try encrypted.open(plain.seal(answer), for: key) }
        #expect(throws: CacheEnvelope.Refusal.foreign) { try plain.open(encrypted.seal(answer), for: key) }
        #expect(throws: CacheEnvelope.Refusal.foreign) { try other.open(encrypted.seal(answer), for: key) }
        var next = plain.seal(answer)
        next[3] = 2
        #expect(throws: CacheEnvelope.Refusal.foreign) { try plain.open(next, for: key) }
    }

    @Test("an encrypted answer shows none of its text")
    func secrecy() throws {
        let sealed = CacheEnvelope(key: Self.keys[1]).seal(try answer("the launch code is 0000"))
        #expect(!String(decoding: sealed, as: UTF8.self).contains("launch code"))
    }

    @Test("times that cannot be added up are no facts", arguments: ["created_ms", "lifetime_ms"], [Int.min, Int.max])
    func extremeTimes(name: String, value: Int) throws {
        var json = JSONWriter()
        try Self.facts().write(to: &json)
        let document = try JSONDocument(json.bytes)
        #expect(CacheFacts(reading: document.root) != nil)
        let text = String(decoding: json.bytes, as: UTF8.self)
        let field = try #require(document[name]?.raw).map { $0 }
        let old = "\"\(name)\":" + String(decoding: field, as: UTF8.self)
        #expect(text.contains(old))
        let changed = text.replacing(old, with: "\"\(name)\":\(value)")
        #expect(CacheFacts(reading: try JSONDocument(Array(changed.utf8)).root) == nil)
    }

    @Test("random bytes are refused without trouble")
    func fuzz() throws {
        var random = SplitMix64(seed: 11)
        let envelope = CacheEnvelope()
        let answer = try answer()
        let sealed = envelope.seal(answer)
        for _ in 0..<2_000 {
            var bytes = sealed
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            guard bytes != sealed else { continue }
            #expect(throws: CacheEnvelope.Refusal.self) { try envelope.open(bytes, for: answer.facts.key) }
        }
    }
}
