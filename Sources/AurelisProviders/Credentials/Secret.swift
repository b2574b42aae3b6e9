internal import AurelisTransport

/// A credential in memory of its own: it cannot be printed, encoded or dumped, and is wiped when it is let go of.
///
///     let secret = Secret("ghp_…")
///     print(secret)                                       // [secret]
///     secret.withBytes { write(descriptor, $0.baseAddress, $0.count) }
///
/// A class, because requests under way share one credential with the cache it came from: the last of them wipes it, also
/// when it was rotated meanwhile. The bytes themselves have one owner, this object; see `SecretBytes`.
///
/// Copies that others make of it (a `String` from `withText`, a header on its way, the environment of the process) are
/// theirs. Aurelis sends credentials without a `String`; see `ConfidentialField`.
package final class Secret: Sendable {
    private let bytes: SecretBytes

    /// A secret of some bytes.
    package init(_ bytes: some Collection<UInt8>) {
        self.bytes = SecretBytes(copying: bytes)
    }

    /// A secret of some text.
    package convenience init(_ text: String) {
        self.init(text.utf8)
    }

    /// A secret whose bytes are written in place, so that no other memory ever holds them.
    package init(count: Int, filling: (UnsafeMutableRawBufferPointer) -> Void) {
        var bytes = SecretBytes(capacity: count)
        bytes.withMutableBytes(filling)
        self.bytes = bytes
    }

    /// How many bytes it has.
    package var count: Int { bytes.count }

    /// Lends the bytes.
    package func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try bytes.withBytes(body)
    }

    /// Lends the text. The `String` is a copy that nobody wipes: use `withBytes` where that will do.
    package func withText<Result>(_ body: (String) throws -> Result) rethrows -> Result {
        try withBytes { try body(String(decoding: $0, as: UTF8.self)) }
    }

    /// Whether both hold the same bytes; takes the same time wherever they differ.
    package func isSame(as other: Secret) -> Bool { bytes.isSame(as: other.bytes) }
}

extension Secret: ConfidentialValue {}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `[secret]`, whatever it holds.
    package var description: String { "[secret]" }

    /// `[secret]`, whatever it holds.
    package var debugDescription: String { "[secret]" }

    /// Nothing: `dump` and debuggers' summaries find no children.
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
