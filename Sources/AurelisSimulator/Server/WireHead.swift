internal import NIOCore
internal import NIOHTTP1

/// Writes status lines and headers.
enum WireHead {
    enum Framing: Sendable, Hashable {
        case length(Int)
        case chunked
        /// The end of the connection is the end of the body: for HTTP/1.0.
        case untilClose
    }

    /// Writes a head; returns where the request id stands, which is filled in for each request.
    static func write(
        _ reply: Reply,
        framing: Framing,
        closes: Bool,
        to buffer: inout ByteBuffer
    ) -> Int {
        let status = HTTPResponseStatus(statusCode: reply.status)
        buffer.writeStaticString("HTTP/1.1 ")
        buffer.writeString(String(reply.status))
        buffer.writeStaticString(" ")
        buffer.writeString(status.reasonPhrase)
        buffer.writeStaticString("\r\n")
        if let type = reply.contentType { write("content-type", type, to: &buffer) }
        switch framing {
        case .length(let length): write("content-length", String(length), to: &buffer)
        case .chunked: write("transfer-encoding", "chunked", to: &buffer)
        case .untilClose: break
        }
        for field in reply.headers { write(field.name, field.value, to: &buffer) }
        if closes { write("connection", "close", to: &buffer) }
        buffer.writeStaticString("x-request-id: ")
        let place = buffer.writerIndex
        buffer.writeRepeatingByte(UInt8(ascii: "0"), count: RequestID.length)
        buffer.writeStaticString("\r\n\r\n")
        return place
    }

    private static func write(_ name: String, _ value: String, to buffer: inout ByteBuffer) {
        buffer.writeString(name)
        buffer.writeStaticString(": ")
        buffer.writeString(value)
        buffer.writeStaticString("\r\n")
    }
}

/// The identifier of one request, in the form of a UUID.
struct RequestID: Sendable, Hashable {
    static let length = 36

    private let high: UInt64
    private let low: UInt64

    init(seed: UInt64, sequence: Int) {
        var generator = SeededGenerator(seed: seed ^ UInt64(truncatingIfNeeded: sequence) &* 0xD134_2543_DE82_EF95)
        high = generator.next()
        low = generator.next()
    }

    func set(in buffer: inout ByteBuffer, at index: Int) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: RequestID.length) { text in
            var position = 0
            for nibble in 0..<32 {
                if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 {
                    text[position] = UInt8(ascii: "-")
                    position += 1
                }
                let word = nibble < 16 ? high : low
                text[position] = Hexadecimal.digit(word >> UInt64(60 - 4 * (nibble & 15)))
                position += 1
            }
            buffer.setBytes(UnsafeRawBufferPointer(UnsafeBufferPointer(text)), at: index)
        }
    }
}
