internal import Aurelis
internal import NIOCore
internal import NIOPosix

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// Waits until an event loop has looked at its sockets.
///
/// An event loop carries out every task that is ready, those that these tasks add included, before it looks for I/O
/// again. Tasks that always add the next one (a stream that always has an event ready) would keep it from its
/// sockets for ever, and neither yielding nor a short timer helps. A byte sent through a pipe does: it comes back by way
/// of the selector only.
final class SelectorTurn: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var context: ChannelHandlerContext?
    private var waiters: [CheckedContinuation<Void, Never>] = []

    /// A pipe whose two ends the event loop watches.
    ///
    /// - Parameter handler: the turn's handler, on its event loop.
    static func open(
        on eventLoop: any EventLoop,
        handler: @escaping @Sendable () -> SelectorTurn
    ) async throws {
        guard let ends = PipeEnds() else { throw IOError(errnoCode: errno, reason: "pipe") }
        _ = try await NIOPipeBootstrap(group: eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(handler()) }
            }
            .takingOwnershipOfDescriptors(input: ends.reading, output: ends.writing)
            .get()
    }

    /// Returns after the event loop's sockets had their turn. One waiter a connection.
    func wait() async {
        guard let context else { return }
        await withCheckedContinuation { continuation in
            waiters.append(continuation)
            guard waiters.count == 1 else { return }
            context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer(integer: UInt8(0))), promise: nil)
        }
    }

    func close() { context?.close(promise: nil) }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        wake()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { wake() }

    private func wake() {
        let waiting = waiters
        waiters = []
        for waiter in waiting { waiter.resume() }
    }
}
