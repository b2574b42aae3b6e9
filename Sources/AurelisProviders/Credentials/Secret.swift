#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// A credential in memory of its own: it cannot be printed, encoded or dumped, and is wiped when it is let go of.
///
///     let secret = Secret("ghp_…")
///     print(secret)                                       // [secret]
///     let field = secret.withText { "Bearer \($0)" }      // the only way to the text
///
/// Copies that others make of the text (a header on its way, the environment of the process) are theirs: nobody wipes
/// those.
package final class Secret: Sendable {
    // Safe to share: written in `init`, read-only until `deinit`.
    nonisolated(unsafe) private let memory: UnsafeMutableRawBufferPointer

    /// A secret of some bytes.
    package init(_ bytes: some Collection<UInt8>) {
        memory = .allocate(byteCount: bytes.count, alignment: 1)
        memory.copyBytes(from: bytes)
    }

    /// A secret of some text.
    package convenience init(_ text: String) {
        self.init(text.utf8)
    }

    deinit {
        Secret.wipe(memory)
        memory.deallocate()
    }

    /// How many bytes it has.
    package var count: Int { memory.count }

    /// Lends the bytes.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(self) { try body(UnsafeRawBufferPointer(memory)) }
    }

    /// Lends the text.
    package func withText<Result>(_ body: (String) throws -> Result) rethrows -> Result {
        try withBytes { try body(String(decoding: $0, as: UTF8.self)) }
    }

    /// Whether both hold the same bytes; takes the same time wherever they differ.
    package func isSame(as other: Secret) -> Bool {
        withBytes { mine in
            other.withBytes { theirs in
                mine.count == theirs.count && zip(mine, theirs).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
            }
        }
    }

    private static func wipe(_ memory: UnsafeMutableRawBufferPointer) {
        guard let base = memory.baseAddress else { return }
        // Not `memset`, which the optimiser may leave out before a `free`.
        #if canImport(Darwin)
            memset_s(base, memory.count, 0, memory.count)
        #else
            explicit_bzero(base, memory.count)
        #endif
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `[secret]`, whatever it holds.
    package var description: String { "[secret]" }

    /// `[secret]`, whatever it holds.
    package var debugDescription: String { "[secret]" }

    /// Nothing: `dump` and debuggers' summaries find no children.
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
