internal import CZlib

/// A key as its owner has it: `aurelis_<id>_<secret><checksum>`.
///
///     let (text, token) = AccessKeyToken.make(.gateway, id: "ci")     // aurelis_ci_9mW…, shown once
///     try AccessKeyToken(parsing: text) == token                      // true
///
/// The name is public. The secret is 43 characters of 62: 256 bits. The checksum is the CRC-32 of all before it, six
/// characters of the same 62: what was mistyped or cut is told without asking anybody.
package struct AccessKeyToken: Sendable, Hashable {
    /// What it opens.
    package let kind: AccessKeyKind
    /// Which key it says it is.
    package let id: String
    /// The hash of its secret.
    package let digest: AccessKeyDigest

    /// Why a text that begins like a key is none.
    package enum Malformation: Error, Sendable, Hashable {
        /// It does not even begin like one.
        case noKey
        /// Too short, too long, or with characters that no key has.
        case form
        /// One character or several are wrong.
        case checksum
    }

    private static let secretLength = 43
    private static let checksumLength = 6
    /// No key is longer.
    package static let maximumLength = 128
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// The kind of key that a text begins like; nil: it belongs to somebody else.
    package static func kind(of text: some Collection<UInt8>) -> AccessKeyKind? {
        AccessKeyKind.allCases.first { kind in
            let prefix = kind.prefix
            return text.count >= prefix.utf8CodeUnitCount
                && text.prefix(prefix.utf8CodeUnitCount).elementsEqual(
                    UnsafeBufferPointer(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount)
                )
        }
    }

    /// Reads a key.
    package init(parsing text: Substring) throws(Malformation) {
        var text = text
        let result = text.withUTF8 { bytes in Self.parse(bytes[...]) }
        self = try result.get()
    }

    /// Reads a key.
    package init(parsing text: String) throws(Malformation) { try self.init(parsing: text[...]) }

    private static func parse(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Result<AccessKeyToken, Malformation> {
        guard let kind = kind(of: bytes) else { return .failure(.noKey) }
        let rest = bytes.dropFirst(kind.prefix.utf8CodeUnitCount)
        let name = rest.prefix { $0 != UInt8(ascii: "_") }
        let tail = rest.dropFirst(name.count + 1)
        guard bytes.count <= maximumLength, AccessKey.isID(name), tail.count == secretLength + checksumLength,
            tail.allSatisfy(isDigit)
        else { return .failure(.form) }
        guard tail.suffix(checksumLength).elementsEqual(checksum(of: bytes.dropLast(checksumLength))) else {
            return .failure(.checksum)
        }
        let secret = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: tail.prefix(secretLength)))
        let id = String(decoding: name, as: UTF8.self)
        return .success(AccessKeyToken(kind: kind, id: id, digest: AccessKeyDigest(of: secret)))
    }

    private init(kind: AccessKeyKind, id: String, digest: AccessKeyDigest) {
        self.kind = kind
        self.id = id
        self.digest = digest
    }

    /// A new key: the text for its owner, and what is kept of it.
    package static func make(
        _ kind: AccessKeyKind,
        id: String,
        using random: inout some RandomNumberGenerator
    ) -> (text: String, token: AccessKeyToken) {
        // 62 to the power of 43 is more than 2 to the power of 256.
        let secret = (0..<secretLength).map { _ in alphabet[Int(random.next(upperBound: UInt(alphabet.count)))] }
        var text = Array("\(kind.prefix)\(id)_".utf8) + secret
        text += text.withUnsafeBufferPointer { checksum(of: $0[...]) }
        let digest = secret.withUnsafeBytes { AccessKeyDigest(of: $0) }
        return (String(decoding: text, as: UTF8.self), AccessKeyToken(kind: kind, id: id, digest: digest))
    }

    private static func checksum(of bytes: Slice<UnsafeBufferPointer<UInt8>>) -> InlineDigits {
        let bytes = UnsafeBufferPointer(rebasing: bytes)
        return InlineDigits(UInt32(truncatingIfNeeded: crc32(0, bytes.baseAddress, uInt(bytes.count))))
    }

    /// Six digits to the base of 62, without an array.
    private struct InlineDigits: Sequence, IteratorProtocol {
        private var rest: UInt32
        private var place: UInt32 = 916_132_832

        init(_ number: UInt32) { rest = number }

        mutating func next() -> UInt8? {
            guard place > 0 else { return nil }
            defer {
                rest %= place
                place /= 62
            }
            return alphabet[Int(rest / place)]
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 26
    }
}

extension AccessKeyToken.Malformation: CustomStringConvertible {
    /// For whoever sent or typed it.
    package var description: String {
        switch self {
        case .noKey: "it does not begin like a key of Aurelis's (aurelis_…, aurelisadmin_…)"
        case .form: "it does not look like aurelis_<name>_<49 letters and digits>: it was probably cut"
        case .checksum: "its checksum is wrong: it was probably mistyped or cut"
        }
    }
}
