internal import Crypto

/// The bytes of a key that somebody else keeps, in memory that is not dumped if they can, and lends.
///
///     material.lend { bytes in HMAC<SHA256>(key: SymmetricKey(data: bytes)) }
package protocol KeyMaterial: Sendable {
    /// Lends the bytes for as long as `body` runs; what is made of them there must not outlive it for long.
    func lend<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result
}

extension KeyMaterial {
    /// The key, for one use: it lies in ordinary memory, which is overwritten when it is let go of.
    func withKey<Result>(_ body: (SymmetricKey) -> Result) -> Result {
        body(lend { SymmetricKey(data: $0) })
    }
}

/// Bytes that need no keeping, because they are a test's or are not a secret of this process's.
package struct OpenKeyMaterial: KeyMaterial {
    private let bytes: [UInt8]

    /// Some bytes.
    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package func lend<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result { bytes.withUnsafeBytes(body) }
}
