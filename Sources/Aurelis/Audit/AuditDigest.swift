internal import Crypto

/// What some bytes are known by.
package enum AuditDigest {
    /// Their SHA-256, in hexadecimal digits.
    package static func text(of bytes: [UInt8]) -> String { Hexadecimal.encode(Array(SHA256.hash(data: bytes))) }
}
