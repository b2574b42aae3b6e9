import NIOCore

extension TransportInstant {
    init(_ deadline: NIODeadline) {
        self.init(nanoseconds: deadline.uptimeNanoseconds)
    }

    /// The same moment for NIO's timers, which know no later one than `NIODeadline.distantFuture`.
    var deadline: NIODeadline {
        .uptimeNanoseconds(min(nanoseconds, NIODeadline.distantFuture.uptimeNanoseconds))
    }
}
