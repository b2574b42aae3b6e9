internal import AurelisJSON
internal import Crypto

/// The name of an answer: equal for two requests exactly when the same answer serves both.
///
///     let key = CacheKey(of: call, provider: "openai", address: "https://api.openai.com/v1", model: "gpt-4o")
///     print(key)   // 64 hexadecimal digits
///
/// The SHA-256 of a canonical encoding, whose bytes are specified in `Documentation/cache-key.md`. White space, the order
/// of members and the spelling of escapes and numbers do not count; every value that can shape the answer does, unknown
/// fields included.
public struct CacheKey: Hashable, Sendable {
    private let words: InlineWords

    /// Four words instead of an array: a key is copied and compared on the way of every request.
    private struct InlineWords: Hashable, Sendable {
        var first: UInt64 = 0
        var second: UInt64 = 0
        var third: UInt64 = 0
        var fourth: UInt64 = 0
    }

    /// The key of a call's answer by one model.
    ///
    /// - Parameters:
    ///   - address: where the provider answers.
    ///   - model: the model as the provider calls it on its wire.
    public init(of call: ModelCall, provider: ProviderID, address: String, model: String) {
        let bytes = CanonicalRequest.bytes(of: call, provider: provider, address: address, model: model)
        self = SHA256.hash(data: bytes).withUnsafeBytes { CacheKey(digest: $0) }
    }

    /// The key of a call's answer by a candidate.
    init(of call: ModelCall, by candidate: Candidate) {
        let provider = candidate.provider
        self.init(of: call, provider: provider.id, address: provider.address, model: candidate.model.wireName)
    }

    /// The key with these 32 bytes; nil for another number of them.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self = bytes.withUnsafeBytes { CacheKey(digest: $0) }
    }

    private init(digest: UnsafeRawBufferPointer) {
        func word(at index: Int) -> UInt64 {
            UInt64(bigEndian: digest.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
        }
        words = InlineWords(first: word(at: 0), second: word(at: 1), third: word(at: 2), fourth: word(at: 3))
    }

    /// Reads what `description` writes; nil for anything else.
    public init?(parsing text: String) {
        guard let bytes = Hexadecimal.decode(text) else { return nil }
        self.init(bytes: bytes)
    }

    /// The 32 bytes.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        for word in [words.first, words.second, words.third, words.fourth] {
            withUnsafeBytes(of: word.bigEndian) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }

    /// The first bytes as a number: as good as random.
    package var fingerprint: UInt64 { words.first }

    /// Hashes a quarter of the digest, which is as good as all of it.
    public func hash(into hasher: inout Hasher) { hasher.combine(words.first) }
}

extension CacheKey: CustomStringConvertible {
    /// 64 hexadecimal digits.
    public var description: String { Hexadecimal.encode(bytes) }
}
