import NIOCore

/// One connection of a subscription after the other.
final class RedisSubscriptionSession: Sendable {
    private let configuration: RedisConfiguration
    private let connector: RedisConnector
    private let eventLoop: any EventLoop
    private let channels: [String]
    private let onEvent: @Sendable (RedisSubscriptionEvent) -> Void

    init(
        configuration: RedisConfiguration,
        connector: RedisConnector,
        eventLoop: any EventLoop,
        channels: [String],
        onEvent: @escaping @Sendable (RedisSubscriptionEvent) -> Void
    ) {
        self.configuration = configuration
        self.connector = connector
        self.eventLoop = eventLoop
        self.channels = channels
        self.onEvent = onEvent
    }

    /// Subscribes and stays until the connection is closed; whether the subscription had come into force.
    func run(control: RedisSubscriptionControl) async -> Bool {
        let ended = eventLoop.makePromise(of: Bool.self)
        eventLoop.execute { self.open(control: control, ended: ended) }
        return (try? await ended.futureResult.get()) ?? false
    }

    /// Waits, unless the subscription is stopped.
    func pause(_ duration: Duration, control: RedisSubscriptionControl) async {
        let over = eventLoop.makePromise(of: Void.self)
        let timer = eventLoop.scheduleTask(in: TimeAmount(duration)) { over.succeed() }
        control.onStop { _ in
            timer.cancel()
            over.succeed()
        }
        try? await over.futureResult.get()
    }

    private func open(control: RedisSubscriptionControl, ended: EventLoopPromise<Bool>) {
        let handler = RedisConnectionHandler(configuration, eventLoop: eventLoop, isSubscription: true)
        let bound = NIOLoopBound(handler, eventLoop: eventLoop)
        let state = NIOLoopBoundBox(
            RedisSubscriptionState(channels: channels),
            eventLoop: eventLoop
        )
        handler.events.ready = {
            bound.value.send([RedisCommand("SUBSCRIBE", self.channels.map { RedisArgument($0) })])
        }
        handler.events.push = { elements in
            switch state.value.received(elements) {
            case .began: self.onEvent(.began)
            case .message(let channel, let payload): self.onEvent(.message(channel: channel, payload: payload))
            case .nothing: break
            }
        }
        // A silent connection gives no other sign of being dead.
        let interval = TimeAmount(configuration.subscriptionProbeInterval)
        let watch = eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            guard bound.value.isReady else { return }
            if state.value.isSilent(arrivals: bound.value.arrivals) {
                bound.value.fail(RedisError(.connectionClosed, "The server stopped sending."))
            } else {
                bound.value.send([RedisCommand("PING")])
            }
        }
        handler.events.closed = { error, _ in
            watch.cancel()
            self.onEvent(.ended(error))
        }
        control.onStop { reason in self.eventLoop.execute { bound.value.fail(reason) } }
        connector.connect(handler, to: configuration.endpoint, on: eventLoop).whenComplete { _ in
            ended.succeed(state.value.isInForce)
        }
    }
}
