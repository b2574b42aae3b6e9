internal import NIOCore

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// The part of a request's bytes that holds its credential; wiped when the last user of the request lets go of it.
///
/// That is when the exchange has ended: it was answered, or its connection is closed. Bytes that a connection still had
/// to send then would go nowhere, or belong to a request whose answer is already there.
final class ConfidentialRange: Sendable {
    private let buffer: ByteBuffer
    private let range: Range<Int>

    /// - Parameter range: counted from the buffer's first byte of storage, as reader and writer indices are.
    init(_ range: Range<Int>, of buffer: ByteBuffer) {
        self.buffer = buffer
        self.range = range
    }

    deinit {
        // The storage that all copies of the buffer share: to write through a copy would only copy it once more.
        buffer.withVeryUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, range.upperBound <= bytes.count else { return }
            let start = UnsafeMutableRawPointer(mutating: base + range.lowerBound)
            #if canImport(Darwin)
                memset_s(start, range.count, 0, range.count)
            #else
                explicit_bzero(start, range.count)
            #endif
        }
    }
}
