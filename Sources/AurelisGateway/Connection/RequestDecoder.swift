internal import AurelisServing
internal import NIOCore
internal import NIOHTTP1

/// NIO's decoder of requests, and beside it what it does not bound: the framing of chunked bodies.
///
/// What is not chunked costs a look at the connection's state and no more.
final class RequestDecoder: ByteToMessageDecoder {
    typealias InboundOut = HTTPServerRequestPart

    private let decoder: HTTPRequestDecoder
    private let connection: HTTPConnectionHandler
    /// The chunked body that is on its way.
    private var framing: ChunkFraming?
    /// Bytes that the decoder has seen and left, because they are a part of a field.
    private var seen = 0

    init(_ decoder: HTTPRequestDecoder, for connection: HTTPConnectionHandler) {
        self.decoder = decoder
        self.connection = connection
    }

    func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        let start = buffer.readerIndex + seen
        let isBetweenRequests = connection.machine.isBetweenRequests
        let headsBefore = connection.headsTaken
        let state = try decoder.decode(context: context, buffer: &buffer)
        seen = buffer.readableBytes
        guard let received = connection.machine.receivedInChunks else {
            framing = nil
            return state
        }
        // What was read is still there: decoding moves the reader's index and no byte.
        var read = buffer
        read.moveReaderIndex(to: start)
        let bytes = read.readableBytesView
        check(bytes, received: received, heads: connection.headsTaken &- headsBefore, isAlone: isBetweenRequests)
        return state
    }

    private func check(_ bytes: ByteBufferView, received: Int, heads: Int, isAlone: Bool) {
        var body = bytes
        if heads > 0 || framing == nil {
            let limits = connection.configuration.limits
            framing = ChunkFraming(
                maximumBody: connection.machine.bodyLimit,
                maximumExcess: limits.headerBytes
            )
            if isAlone, heads == 1, let end = Self.endOfHead(in: bytes) {
                body = bytes[end...]
                framing?.beginsAfterHead()
            }
        }
        let failure = framing?.take(body, received: received, tooLarge: connection.machine.bodyRefusal)
        if let failure { connection.refuse(failure) }
    }

    /// Where the first head in these bytes is over.
    private static func endOfHead(in bytes: ByteBufferView) -> Int? {
        var matched = 0
        // Empty lines before a request belong to nothing.
        for (index, byte) in zip(bytes.indices, bytes).drop(while: { $0.1 == 0x0D || $0.1 == 0x0A }) {
            let isExpected = byte == (matched % 2 == 0 ? 0x0D : 0x0A)
            matched = isExpected ? matched + 1 : byte == 0x0D ? 1 : 0
            if matched == 4 { return index + 1 }
        }
        return nil
    }

    func decodeLast(context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool) throws -> DecodingState {
        try decoder.decodeLast(context: context, buffer: &buffer, seenEOF: seenEOF)
    }

    func decoderAdded(context: ChannelHandlerContext) { decoder.decoderAdded(context: context) }

    func decoderRemoved(context: ChannelHandlerContext) { decoder.decoderRemoved(context: context) }
}
