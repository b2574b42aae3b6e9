import NIOCore
import Synchronization

/// The first handler of a connection through a proxy: asks for the tunnel, and keeps it from the handlers behind, to whom
/// the connection becomes active when the tunnel is there.
final class ProxyTunnelHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var machine: ProxyTunnelStateMachine
    private let userAgent: String
    private let progress: TunnelProgress

    init(_ machine: ProxyTunnelStateMachine, userAgent: String, progress: TunnelProgress) {
        self.machine = machine
        self.userAgent = userAgent
        self.progress = progress
    }

    func channelActive(context: ChannelHandlerContext) {
        let request = machine.connected(userAgent: userAgent)
        context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer(bytes: request)), promise: nil)
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        carryOut(machine.received(Self.unwrapInboundIn(data).readableBytesView), context: context)
    }

    func channelReadComplete(context: ChannelHandlerContext) { context.read() }

    func channelInactive(context: ChannelHandlerContext) {
        carryOut(machine.closed(), context: context)
        context.fireChannelInactive()
    }

    private func carryOut(_ action: ProxyTunnelStateMachine.Action, context: ChannelHandlerContext) {
        switch action {
        case .wait:
            break
        case .establish:
            progress.succeed()
            context.fireChannelActive()
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        case .fail(let error):
            context.fireErrorCaught(error)
            context.close(promise: nil)
        }
    }
}

/// Whether the proxy of a connection has done its part.
final class TunnelProgress: Sendable {
    private let state = Atomic<Bool>(false)

    var isOpen: Bool { state.load(ordering: .relaxed) }

    func succeed() { state.store(true, ordering: .relaxed) }
}
