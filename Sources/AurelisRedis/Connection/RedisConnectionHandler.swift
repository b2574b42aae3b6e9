import NIOCore

/// Carries out what the state machine of a connection decides. Lives on one event loop, from before there is a
/// channel until after it is closed.
final class RedisConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What happens on the connection, for whoever made it. Called on the event loop.
    struct Events {
        var ready: () -> Void = {}
        var push: ([RESPValue]) -> Void = { _ in }
        /// Called once; whether the connection had been ready.
        var closed: (RedisError, _ wasReady: Bool) -> Void = { _, _ in }
    }

    /// Names the connection within its link.
    let ordinal: UInt64
    var events = Events()
    private let eventLoop: any EventLoop
    private let maximumUnsentBytes: Int
    private var machine: RedisConnectionStateMachine<RedisCall>
    private var parser: RESPParser
    private var context: ChannelHandlerContext?
    private var timer: (deadline: NIODeadline, task: Scheduled<Void>)?
    /// Bytes of calls that wait for the connection.
    private var heldBytes = 0
    /// Bytes that the socket has not taken.
    private var unsentBytes = 0
    /// How often bytes arrived, wrapping around.
    private(set) var arrivals: UInt64 = 0

    init(
        _ configuration: RedisConfiguration,
        eventLoop: any EventLoop,
        ordinal: UInt64 = 0,
        isSubscription: Bool = false
    ) {
        self.eventLoop = eventLoop
        self.ordinal = ordinal
        maximumUnsentBytes = configuration.maximumUnsentBytes
        machine = RedisConnectionStateMachine(
            handshake: RedisHandshake(configuration),
            maximumOutstanding: configuration.maximumOutstanding,
            isSubscription: isSubscription
        )
        parser = RESPParser(limits: configuration.replyLimits)
    }

    var isReady: Bool { machine.isReady }
    var isClosed: Bool { machine.isClosed }

    /// Sends calls, now or when the connection is ready, in one write.
    func submit(_ calls: [RedisCall]) {
        var output = ByteBuffer()
        for call in calls where call.isOpen {
            let size = call.command.encodedSizeBound
            guard size <= maximumUnsentBytes - unsentBytes - output.readableBytes - heldBytes else {
                call.resolve(.refused(RedisError(.tooManyOutstanding, "Too many bytes wait to be sent.")))
                continue
            }
            switch machine.submit(call, deadline: call.deadline, leadingReplies: call.isAsking ? 1 : 0) {
            case .send: call.encode(into: &output)
            case .hold: heldBytes += size
            // An attempt can fail before its first call is here, which is a failure all the same.
            case .refuse(let error) where isClosed: call.resolve(.failed(error, connection: ordinal))
            case .refuse(let error): call.resolve(.refused(error))
            }
        }
        write(output)
        armTimer()
    }

    /// Sends commands whose replies nobody waits for: only on a subscription.
    func send(_ commands: [RedisCommand]) {
        var output = ByteBuffer()
        for command in commands { command.encode(into: &output) }
        write(output)
    }

    /// Ends the connection and fails what waits.
    func fail(_ error: RedisError) {
        guard !machine.isClosed else { return }
        let wasReady = machine.isReady
        let calls = machine.close(error)
        timer?.task.cancel()
        timer = nil
        for call in calls { call.resolve(.failed(error, connection: ordinal)) }
        let events = events
        self.events = Events()
        events.closed(error, wasReady)
        context?.close(promise: nil)
    }

    private func write(_ output: ByteBuffer) {
        guard output.readableBytes > 0, let context else { return }
        let size = output.readableBytes
        unsentBytes += size
        let written = context.eventLoop.makePromise(of: Void.self)
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        written.futureResult.whenComplete { _ in handler.value.unsentBytes -= size }
        context.writeAndFlush(wrapOutboundOut(output), promise: written)
    }

    /// One timer for all calls: at the earliest deadline, or before it when that call has its reply by now.
    private func armTimer() {
        guard let soonest = machine.soonestDeadline else { return }
        if let timer {
            guard soonest < timer.deadline else { return }
            timer.task.cancel()
        }
        let handler = NIOLoopBound(self, eventLoop: eventLoop)
        let task = eventLoop.scheduleTask(deadline: soonest) { handler.value.timerFired() }
        timer = (soonest, task)
    }

    private func timerFired() {
        timer = nil
        for call in machine.expire(now: eventLoop.now) {
            call.resolve(.failed(RedisError(.timeout, "No reply within the deadline."), connection: nil))
        }
        armTimer()
    }
}

// MARK: - The channel's side

extension RedisConnectionHandler {
    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if machine.isClosed {
            context.close(promise: nil)
        } else if context.channel.isActive {
            send(machine.connected())
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        fail(RedisError(.connectionClosed, "The connection was closed."))
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        send(machine.connected())
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !machine.isClosed else { return }
        var bytes = unwrapInboundIn(data)
        arrivals &+= 1
        parser.append(&bytes)
        do {
            while !machine.isClosed, let value = try parser.next() { received(value) }
        } catch {
            fail(RedisError(.protocolViolation, "Invalid reply: \(error)."))
        }
    }

    private func received(_ value: RESPValue) {
        switch machine.received(value) {
        case .reply(let call, let value): call.resolve(.reply(value))
        case .push(let elements): events.push(elements)
        case .dropped: break
        case .send(let commands): send(commands)
        case .fail(let error): fail(error)
        case .ready:
            heldBytes = 0
            var output = ByteBuffer()
            for call in machine.held(where: \.isOpen) { call.encode(into: &output) }
            write(output)
            events.ready()
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(RedisError(.connectionClosed, "The server closed the connection."))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(RedisError(connectingFailedWith: error))
    }
}

extension RedisCall {
    fileprivate func encode(into output: inout ByteBuffer) {
        if isAsking { RedisCommand("ASKING").encode(into: &output) }
        command.encode(into: &output)
    }
}
