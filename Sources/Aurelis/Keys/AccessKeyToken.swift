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
        case form(AccessKeyKind)
        /// One character or several are wrong.
        case checksum
    }

    private static let secretLength = 43
    private static let checksumLength = 6
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// The kind of key that a text begins like; nil: it belongs to somebody else.
    package static func kind(of text: String, from start: Int = 0) -> AccessKeyKind? {
        var text = text
        return text.withUTF8 { kind(of: rest(of: $0, from: start)) }
    }

    /// Reads a key.
    ///
    /// - Parameter start: how many bytes come before it.
    package init(parsing text: String, from start: Int = 0) throws(Malformation) {
        var text = text
        let result = text.withUTF8 { Self.parse(Self.rest(of: $0, from: start)) }
        self = try result.get()
    }

    // By pointers: this is done for every request, and what collections do for each byte takes longer than the hash.
    private typealias Bytes = UnsafeBufferPointer<UInt8>

    private static func rest(of bytes: Bytes, from start: Int) -> Bytes { Bytes(rebasing: bytes[start...]) }

    private static func kind(of bytes: Bytes) -> AccessKeyKind? {
        if bytes.starts(with: AccessKeyKind.gateway.prefix) { return .gateway }
        return bytes.starts(with: AccessKeyKind.admin.prefix) ? .admin : nil
    }

    private static func parse(_ bytes: Bytes) -> Result<AccessKeyToken, Malformation> {
        guard let kind = kind(of: bytes) else { return .failure(.noKey) }
        let start = kind.prefix.utf8CodeUnitCount
        // The name is what is left between the prefix and a secret of known length.
        let separator = bytes.count - secretLength - checksumLength - 1
        guard separator > start, separator - start <= AccessKey.maximumID, bytes[separator] == UInt8(ascii: "_") else {
            return .failure(.form(kind))
        }
        let name = Bytes(rebasing: bytes[start..<separator])
        guard AccessKey.isID(name) else { return .failure(.form(kind)) }
        let tail = Bytes(rebasing: bytes[(separator + 1)...])
        guard areDigits(tail) else { return .failure(.form(kind)) }
        guard number(tail.suffix(checksumLength)) == checksum(of: Bytes(rebasing: bytes.dropLast(checksumLength)))
        else { return .failure(.checksum) }
        let secret = UnsafeRawBufferPointer(Bytes(rebasing: tail.prefix(secretLength)))
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
        var rest = text.withUnsafeBufferPointer { checksum(of: $0) }
        var digits: [UInt8] = []
        for _ in 0..<checksumLength {
            digits.insert(alphabet[Int(rest % 62)], at: 0)
            rest /= 62
        }
        text += digits
        let digest = secret.withUnsafeBytes { AccessKeyDigest(of: $0) }
        return (String(decoding: text, as: UTF8.self), AccessKeyToken(kind: kind, id: id, digest: digest))
    }

    private static func checksum(of bytes: Bytes) -> UInt64 {
        UInt64(crc32(0, bytes.baseAddress, uInt(bytes.count)))
    }

    /// Whether there is nothing but digits to the base of 62; without a branch for each, which nobody could predict.
    private static func areDigits(_ bytes: Bytes) -> Bool {
        var others: UInt8 = 0
        for byte in bytes {
            let isDigit: UInt8 = byte &- UInt8(ascii: "0") < 10 ? 1 : 0
            let isLetter: UInt8 = (byte | 0x20) &- UInt8(ascii: "a") < 26 ? 1 : 0
            others |= 1 ^ (isDigit | isLetter)
        }
        return others == 0
    }

    /// What digits to the base of 62 stand for, in the order of `alphabet`.
    private static func number(_ digits: Slice<Bytes>) -> UInt64 {
        digits.reduce(0) { number, byte in
            let digit =
                switch byte {
                case ...UInt8(ascii: "9"): byte &- UInt8(ascii: "0")
                case ...UInt8(ascii: "Z"): byte &- UInt8(ascii: "A") &+ 10
                default: byte &- UInt8(ascii: "a") &+ 36
                }
            return number &* 62 &+ UInt64(digit)
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    fileprivate func starts(with prefix: StaticString) -> Bool {
        guard count >= prefix.utf8CodeUnitCount else { return false }
        for index in 0..<prefix.utf8CodeUnitCount where self[index] != prefix.utf8Start[index] { return false }
        return true
    }
}

extension AccessKeyToken.Malformation: CustomStringConvertible {
    /// For whoever sent or typed it.
    package var description: String {
        switch self {
        case .noKey: "it does not begin like a key of Aurelis's (aurelis_…, aurelisadmin_…)"
        case .form(let kind):
            "it does not look like \(kind.prefix)<name>_<49 letters and digits>: it was probably cut"
        case .checksum: "its checksum is wrong: it was probably mistyped or cut"
        }
    }
}
