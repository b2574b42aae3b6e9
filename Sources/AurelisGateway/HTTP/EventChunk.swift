internal import NIOCore

/// Events of a stream gathered into one chunk of HTTP's chunked coding.
///
/// Room for the chunk's length is left in front, so that gathering copies every byte once.
struct EventChunk {
    private var buffer: ByteBuffer
    private let isChunked: Bool

    /// Eight hexadecimal digits and CRLF.
    private static let prefix = 10

    init(isChunked: Bool, allocator: ByteBufferAllocator) {
        self.isChunked = isChunked
        buffer = allocator.buffer(capacity: 1_024)
        reset()
    }

    var count: Int { buffer.readableBytes }
    var isEmpty: Bool { count == 0 }

    mutating func append(_ bytes: [UInt8]) { buffer.writeBytes(bytes) }
    mutating func append(_ bytes: StaticString) { buffer.writeStaticString(bytes) }

    /// The gathered bytes, framed; the chunk is empty afterwards.
    mutating func take() -> ByteBuffer {
        guard isChunked else {
            defer { reset() }
            return buffer
        }
        var length = buffer.readableBytes
        var start = Self.prefix - 2
        buffer.setBytes([0x0D, 0x0A], at: start)
        while length > 0 {
            start -= 1
            let nibble = UInt8(length & 0xF)
            buffer.setInteger(nibble < 10 ? nibble + 0x30 : nibble + 0x57, at: start)
            length >>= 4
        }
        buffer.writeStaticString("\r\n")
        buffer.moveReaderIndex(to: start)
        defer { reset() }
        return buffer
    }

    private mutating func reset() {
        // A writer that still holds the storage makes this take fresh memory; otherwise the same is used again.
        buffer.clear(minimumCapacity: 1_024)
        if isChunked {
            buffer.moveWriterIndex(to: Self.prefix)
            buffer.moveReaderIndex(to: Self.prefix)
        }
    }
}
