import NIOCore
import NIOPosix

/// A connection on which a test writes and reads plain bytes.
struct WireConnection {
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var buffer: [UInt8] = []
    private(set) var hasEnded = false
    /// Whether it ended with a reset.
    private(set) var wasReset = false

    init(
        _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>,
        _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
        self.inbound = inbound.makeAsyncIterator()
        self.outbound = outbound
    }

    func send(_ text: String) async throws { try await outbound.write(ByteBuffer(string: text)) }

    /// Reads one answer; what is missing when the connection ends is missing in it.
    mutating func response(headOnly: Bool = false) async throws -> WireResponse {
        while true {
            if let (response, length) = WireResponse.parse(buffer, headOnly: headOnly, atEnd: hasEnded) {
                buffer.removeFirst(length)
                return response
            }
            guard !hasEnded else { return WireResponse(status: 0, headers: [:], body: buffer, isComplete: false) }
            try await readMore()
        }
    }

    /// Reads until this many bytes are there, and takes all of them.
    mutating func bytes(atLeast count: Int) async throws -> [UInt8] {
        while buffer.count < count, !hasEnded { try await readMore() }
        defer { buffer = [] }
        return buffer
    }

    /// Reads to the end of the connection.
    mutating func rest() async throws -> [UInt8] { try await bytes(atLeast: .max) }

    private mutating func readMore() async throws {
        do {
            if let more = try await inbound.next(isolation: nil) {
                buffer.append(contentsOf: more.readableBytesView)
            } else {
                hasEnded = true
            }
        } catch is IOError {
            hasEnded = true
            wasReset = true
        }
    }
}

/// Opens a connection for as long as `body` runs.
func withConnection<Result: Sendable>(
    to address: SocketAddress,
    _ body: (inout WireConnection) async throws -> Result
) async throws -> Result {
    let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .connect(to: address) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
    do {
        return try await channel.executeThenClose { inbound, outbound in
            var connection = WireConnection(inbound, outbound)
            return try await body(&connection)
        }
    }
}
