internal import AurelisJSON
package import Crypto

/// Seals answers for stores outside of this process, and opens only what is whole, of this version and meant.
///
/// Layout, numbers with the highest byte first:
///
///     "AUC", version 1          4 bytes
///     flags                     1 byte: 1 deflated, 2 encrypted
///     key id                    4 bytes: of the encryption key; 0 without one
///     length of the facts       4 bytes
///     facts                     JSON, readable without the key: layers find answers by them
///     length of the payload     4 bytes, before compression
///     payload                   encrypted: nonce (12), ciphertext, tag (16), everything before it authenticated with it;
///                               else plain, followed by the first 16 bytes of the SHA-256 of everything before
package struct CacheEnvelope: Sendable {
    private let encryption: (key: any KeyMaterial, id: [UInt8])?

    /// An envelope that encrypts when a key of 256 bits is given.
    package init(key: SymmetricKey? = nil) {
        self.init(lent: key.map { OpenKeyMaterial($0.withUnsafeBytes { Array($0) }) })
    }

    /// An envelope that encrypts with a key of 256 bits, lent by whoever keeps it.
    package init(lent key: (any KeyMaterial)?) {
        guard let key else {
            encryption = nil
            return
        }
        var hash = SHA256()
        hash.update(data: Array("aurelis cache key id".utf8))
        key.lend { hash.update(bufferPointer: $0) }
        encryption = (key, Array(hash.finalize().prefix(4)))
    }

    /// Why sealed bytes are not opened.
    package enum Refusal: Error, Hashable, Sendable {
        /// It was sealed by another version, with another key, or without one: it is ignored.
        case foreign
        /// It is not what was sealed: somebody or something changed it.
        case tampered
    }

    private static let magic = Array("AUC\u{1}".utf8)
    private static let fixedLength = 13
    private static let checksumLength = 16
    /// Larger answers are never kept; a larger number is a lie.
    private static let maximumLength = 64 << 20
    private static let compressesFrom = 512

    private struct Flags: OptionSet {
        var rawValue: UInt8
        static let deflated = Flags(rawValue: 1)
        static let encrypted = Flags(rawValue: 2)
    }

    func seal(_ answer: CachedAnswer) -> [UInt8] {
        let plain = answer.payload
        var flags: Flags = []
        var payload = plain
        if plain.count >= Self.compressesFrom, let deflated = Deflate.compress(plain) {
            payload = deflated
            flags.insert(.deflated)
        }
        if encryption != nil { flags.insert(.encrypted) }
        var json = JSONWriter()
        answer.facts.write(to: &json)
        var sealed = Self.magic + [flags.rawValue] + (encryption?.id ?? [0, 0, 0, 0])
        sealed.append(bigEndian: UInt32(truncatingIfNeeded: json.bytes.count))
        sealed += json.bytes
        sealed.append(bigEndian: UInt32(truncatingIfNeeded: plain.count))
        if let box = encryption?.key.withKey({ try? AES.GCM.seal(payload, using: $0, authenticating: sealed) }) {
            return sealed + box.nonce + box.ciphertext + box.tag
        }
        sealed += payload
        return sealed + SHA256.hash(data: sealed).prefix(Self.checksumLength)
    }

    /// The answer of a key.
    ///
    /// - Throws: `Refusal`; the answer then counts as not there.
    func open(_ sealed: [UInt8], for key: CacheKey) throws(Refusal) -> CachedAnswer {
        guard sealed.count >= Self.fixedLength, sealed.starts(with: Self.magic) else { throw .foreign }
        let flags = Flags(rawValue: sealed[4])
        guard Array(sealed[5..<9]) == encryption?.id ?? [0, 0, 0, 0] else { throw .foreign }
        guard flags.contains(.encrypted) == (encryption != nil), flags.isSubset(of: [.deflated, .encrypted]),
            let (facts, rest) = Self.facts(in: sealed), facts.key == key
        else { throw .tampered }
        var body = sealed[rest...]
        guard let length = body.popBigEndian(), length <= Self.maximumLength else { throw .tampered }
        let payload = try payload(body, after: sealed[..<body.startIndex])
        let plain = flags.contains(.deflated) ? Deflate.decompress(payload, count: Int(length)) : payload
        guard let plain, plain.count == Int(length), let answer = CachedAnswer(facts: facts, payload: plain) else {
            throw .tampered
        }
        return answer
    }

    private func payload(_ body: ArraySlice<UInt8>, after head: ArraySlice<UInt8>) throws(Refusal) -> [UInt8] {
        if let key = encryption?.key {
            guard let box = try? AES.GCM.SealedBox(combined: body),
                let plain = key.withKey({ try? AES.GCM.open(box, using: $0, authenticating: head) })
            else { throw .tampered }
            return Array(plain)
        }
        guard body.count >= Self.checksumLength else { throw .tampered }
        let payload = body.dropLast(Self.checksumLength)
        guard
            SHA256.hash(data: head + payload).prefix(Self.checksumLength).elementsEqual(
                body.suffix(Self.checksumLength)
            )
        else { throw .tampered }
        return Array(payload)
    }

    /// What is known of a sealed answer, unproven; nil for one of another version.
    package static func facts(of sealed: [UInt8]) -> CacheFacts? {
        guard sealed.count >= fixedLength, sealed.starts(with: magic) else { return nil }
        return facts(in: sealed)?.facts
    }

    private static func facts(in sealed: [UInt8]) -> (facts: CacheFacts, end: Int)? {
        var rest = sealed[9...]
        guard let length = rest.popBigEndian(), length <= rest.count,
            let document = try? JSONDocument(Array(rest.prefix(Int(length)))),
            let facts = CacheFacts(reading: document.root)
        else { return nil }
        return (facts, rest.startIndex + Int(length))
    }
}
