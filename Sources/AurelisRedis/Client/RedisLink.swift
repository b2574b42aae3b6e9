import NIOCore
import Synchronization

/// The one connection to a node that everybody uses, made when it is needed and made again when it is lost.
final class RedisLink: Sendable {
    private struct Shared {
        var circuit: RedisCircuit
        /// Calls on their way to the event loop; the first one wakes it for all.
        var inbox: [RedisCall] = []
        /// Why no call is taken any more.
        var closure: RedisError?
    }

    /// What only the event loop touches.
    private struct LoopState {
        var connection: RedisConnectionHandler?
        var ordinal: UInt64 = 0
        var backoff: RedisBackoff
        var retryAt = NIODeadline.uptimeNanoseconds(0)
        var lastError = RedisError(.connectionFailed, "Not connected.")
        var readySince: NIODeadline?
        /// Done when no channel is left.
        var closed: EventLoopFuture<Void>
    }

    /// A connection lost sooner than this counts as an attempt that failed.
    private static let stableAfter = TimeAmount.seconds(1)

    let endpoint: RedisEndpoint
    private let configuration: RedisConfiguration
    private let connector: RedisConnector
    private let eventLoop: any EventLoop
    private let shared: Mutex<Shared>
    private let loopState: NIOLoopBoundBox<LoopState>

    init(
        to endpoint: RedisEndpoint,
        configuration: RedisConfiguration,
        connector: RedisConnector,
        eventLoop: any EventLoop
    ) {
        self.endpoint = endpoint
        self.configuration = configuration
        self.connector = connector
        self.eventLoop = eventLoop
        shared = Mutex(Shared(circuit: RedisCircuit(policy: configuration.circuit)))
        let state = LoopState(backoff: configuration.backoff, closed: eventLoop.makeSucceededVoidFuture())
        loopState = .makeBoxSendingValue(state, eventLoop: eventLoop)
    }

    /// Whether commands are sent, or fail at once.
    var isAvailable: Bool { shared.withLock { $0.circuit.isClosed } }

    /// Sends a command and waits for the reply, which may be an error reply.
    func send(
        _ command: RedisCommand,
        deadline: NIODeadline,
        isAsking: Bool = false
    ) async throws(RedisError) -> RESPValue {
        let admission = shared.withLock { $0.circuit.admit(now: eventLoop.now) }
        if admission == .reject {
            throw RedisError(.circuitOpen, "\(endpoint) failed repeatedly and is left alone for a while.")
        }
        let call = RedisCall(command, deadline: deadline, isAsking: isAsking, admission: admission)
        switch await call.run({ self.post($0) }) {
        case .reply(let reply):
            shared.withLock { $0.circuit.succeeded() }
            return reply
        case .refused(let error):
            shared.withLock { $0.circuit.released(admission, now: eventLoop.now) }
            throw error
        case .failed(let error, let connection):
            let isOpened = shared.withLock { $0.circuit.failed(admission, connection: connection, now: eventLoop.now) }
            // A silent connection may be a dead one: the probe gets a new one.
            if isOpened, connection == nil { eventLoop.execute { self.dropConnection() } }
            throw error
        }
    }

    /// Fails what is under way and refuses everything from now on; returns when the connection is closed.
    func shutdown() async {
        close(.shutdown)
        try? await eventLoop.flatSubmit { self.loopState.value.closed }.get()
    }

    /// Fails what is under way and refuses everything from now on.
    func close(_ reason: RedisError) {
        shared.withLock { $0.closure = $0.closure ?? reason }
        eventLoop.execute { self.loopState.value.connection?.fail(reason) }
    }

    private func post(_ call: RedisCall) {
        let (refusal, wakesLoop) = shared.withLock { shared -> (RedisError?, Bool) in
            if let closure = shared.closure { return (closure, false) }
            guard shared.inbox.count < configuration.maximumOutstanding else {
                return (RedisError(.tooManyOutstanding, "Too many commands wait to be sent."), false)
            }
            shared.inbox.append(call)
            return (nil, shared.inbox.count == 1)
        }
        if let refusal { call.resolve(.refused(refusal)) }
        if wakesLoop { eventLoop.execute { self.drainInbox() } }
    }
}

// MARK: - On the event loop

extension RedisLink {
    private func drainInbox() {
        let (calls, closure) = shared.withLock { shared in
            defer { shared.inbox = [] }
            return (shared.inbox, shared.closure)
        }
        if let closure {
            for call in calls { call.resolve(.refused(closure)) }
            return
        }
        if let connection = loopState.value.connection {
            connection.submit(calls)
        } else if eventLoop.now >= loopState.value.retryAt || calls.contains(where: { $0.admission == .probe }) {
            connect().submit(calls)
        } else {
            for call in calls { call.resolve(.refused(loopState.value.lastError)) }
        }
    }

    /// Begins an attempt. Its connection takes calls at once and goes on being made after they gave up.
    private func connect() -> RedisConnectionHandler {
        loopState.value.ordinal += 1
        let connection = RedisConnectionHandler(configuration, eventLoop: eventLoop, ordinal: loopState.value.ordinal)
        connection.events.ready = { self.loopState.value.readySince = self.eventLoop.now }
        connection.events.closed = { error, _ in self.connectionClosed(error) }
        loopState.value.connection = connection
        loopState.value.readySince = nil
        let previous = loopState.value.closed
        let closed = connector.connect(connection, to: endpoint, on: eventLoop)
        loopState.value.closed = previous.and(closed).map { _ in }
        return connection
    }

    private func connectionClosed(_ error: RedisError) {
        let now = eventLoop.now
        loopState.value.connection = nil
        loopState.value.lastError = error
        if let since = loopState.value.readySince, now - since >= Self.stableAfter {
            loopState.value.backoff.reset()
            loopState.value.retryAt = now
        } else {
            let wait = loopState.value.backoff.next(random: configuration.random())
            loopState.value.retryAt = now + TimeAmount(wait)
        }
    }

    private func dropConnection() {
        // One that is still being made has its own time limit.
        guard let connection = loopState.value.connection, connection.isReady else { return }
        connection.fail(RedisError(.connectionClosed, "The server stopped replying."))
    }
}
