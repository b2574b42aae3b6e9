internal import HummingbirdCore
internal import NIOCore
internal import Synchronization

/// A connection on its way from the listener to the task that serves it.
///
/// Of one that is accepted while the listener closes, NIO lets go before there is a task. It then ends the process, because
/// nobody has finished writing to the connection; so what writes is held until the connection has ended, and one that
/// nobody serves is closed.
final class AcceptedConnection: ServerChildChannelValue {
    private let served: HTTP1Channel.Value
    private let isServed = Atomic(false)

    var channel: any Channel { served.channel }

    init(_ value: HTTP1Channel.Value) {
        served = value
        // That comes after the handlers have gone, with whom writing ends.
        value.channel.closeFuture.whenComplete { _ in withExtendedLifetime(value) {} }
    }

    /// What whoever calls will serve, and then close.
    func take() -> HTTP1Channel.Value {
        isServed.store(true, ordering: .relaxed)
        return served
    }

    deinit {
        if !isServed.load(ordering: .relaxed) { served.channel.close(promise: nil) }
    }
}
