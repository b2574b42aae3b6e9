internal import NIOCore

/// Accepts no connection while there are as many as may be, those that are about to be closed included: each of them
/// holds a descriptor, and without one there is no log, no file and no way to a provider.
final class AcceptGate: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never

    private let ceiling: Int
    private var open = 0
    private var readIsHeld = false

    init(ceiling: Int) { self.ceiling = ceiling }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let accepted = Self.unwrapInboundIn(data)
        open += 1
        let gate = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        accepted.closeFuture.hop(to: context.eventLoop).whenComplete { _ in
            let (handler, context) = gate.value
            handler.ended(context)
        }
        context.fireChannelRead(data)
    }

    func read(context: ChannelHandlerContext) {
        guard open < ceiling else {
            readIsHeld = true
            return
        }
        context.read()
    }

    private func ended(_ context: ChannelHandlerContext) {
        open -= 1
        guard readIsHeld, open < ceiling else { return }
        readIsHeld = false
        context.read()
    }
}
