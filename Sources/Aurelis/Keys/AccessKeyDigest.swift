internal import Crypto

/// The SHA-256 of a key's secret: all that is kept of it.
///
/// A slow hash (scrypt, bcrypt) makes guessing expensive where people choose the secrets. These are 256 bits of the
/// system's randomness: whoever has the file has 2²⁵⁶ of them to try, and no slowness adds anything to that, while every
/// request of every client would pay for it.
package struct AccessKeyDigest: Sendable, Hashable {
    private let words: SIMD4<UInt64>

    private init(words: SIMD4<UInt64>) { self.words = words }

    /// The digest of a secret's characters.
    package init(of secret: UnsafeRawBufferPointer) {
        var hash = SHA256()
        hash.update(bufferPointer: secret)
        words = hash.finalize().withUnsafeBytes { bytes in
            SIMD4(bytes.word(0), bytes.word(1), bytes.word(2), bytes.word(3))
        }
    }

    /// One that is no secret's.
    static func random() -> AccessKeyDigest {
        var random = SystemRandomNumberGenerator()
        return AccessKeyDigest(words: SIMD4(random.next(), random.next(), random.next(), random.next()))
    }

    /// Whether both are equal, found out without a branch that would tell how much of them is.
    package func matches(_ other: AccessKeyDigest) -> Bool {
        let difference = words ^ other.words
        return difference[0] | difference[1] | difference[2] | difference[3] == 0
    }
}

extension AccessKeyDigest: Codable {
    /// Reads 64 hexadecimal digits.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let bytes = Hexadecimal.decode(try container.decode(String.self)) ?? []
        guard bytes.count == 32 else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "a SHA-256 has 64 digits")
        }
        words = bytes.withUnsafeBytes { SIMD4($0.word(0), $0.word(1), $0.word(2), $0.word(3)) }
    }

    /// Writes 64 hexadecimal digits.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(Hexadecimal.encode(withUnsafeBytes(of: words) { Array($0) }))
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func word(_ index: Int) -> UInt64 { loadUnaligned(fromByteOffset: index * 8, as: UInt64.self) }
}
