/// The bytes of one secret in memory pages of their own: locked, left out of core dumps and of forked children, and wiped
/// when their one owner lets go of them.
///
///     var room = SecretBytes(capacity: 4_096)
///     let count = room.withMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
///     let secret = room.withBytes { Secret($0[..<count]) }
///
/// It cannot be copied, so there is one place to wipe. Each secret has whole pages because locks do not nest: when two
/// secrets share a page, letting go of one would unlock the other. A process has few secrets, so that costs little: a
/// page (4 KB) of the 8 MB that Linux lets every user lock. Where less is allowed the secret is kept without a lock, and
/// `SecretMemory.status` says so.
package struct SecretBytes: ~Copyable, @unchecked Sendable {
    // Safe to share: a `let` of this type is only read from.
    private let pages: SecretMemory.Pages
    /// How many bytes it has.
    package let count: Int

    /// Room for some bytes, all zero.
    package init(capacity: Int) {
        pages = SecretMemory.map(capacity)
        count = capacity
    }

    /// A copy of some bytes.
    package init(copying bytes: some Collection<UInt8>) {
        self.init(capacity: bytes.count)
        withMutableBytes { $0.copyBytes(from: bytes) }
    }

    deinit { SecretMemory.release(pages) }

    /// Lends the bytes.
    package borrowing func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(pages.memory)[..<count]))
    }

    /// Lends the bytes to whom may change them.
    package mutating func withMutableBytes<Result, Failure: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeMutableRawBufferPointer(rebasing: pages.memory[..<count]))
    }

    /// Whether both hold the same bytes; takes the same time wherever they differ.
    package borrowing func isSame(as other: borrowing SecretBytes) -> Bool {
        guard count == other.count else { return false }
        var difference: UInt8 = 0
        for index in 0..<count { difference |= pages.memory[index] ^ other.pages.memory[index] }
        return difference == 0
    }
}
