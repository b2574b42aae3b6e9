package import Tracing

/// Makes the traces of requests: the gateway's own recorder, or any tracer of swift-distributed-tracing (`DistributedTracer`).
package protocol RequestTracer: Sendable {
    /// Begins the trace of a request.
    ///
    /// - Parameters:
    ///   - root: the request's own span.
    ///   - fields: what its caller told of a trace; nil: nobody could tell, it was asked in this process.
    /// - Returns: nil when it is not recorded and no provider is to be told of it.
    func begin(_ root: SpanRecord, after fields: TraceFields?) -> (any RequestTrace)?
}

/// The trace of one request, on its way.
package protocol RequestTrace: AnyObject, Sendable {
    /// What stands for the request in other traces; nil: it is not recorded, only passed on.
    var place: SpanPlace? { get }

    /// Begins a part that a provider is told of.
    ///
    /// - Returns: what it is told.
    func open(_ span: inout SpanRecord) -> TraceFields

    /// Takes a part that has ended, begun by `open` or not.
    func close(_ span: SpanRecord)

    /// Takes the request's own span; what comes later is of a flight that goes on for others.
    func end(_ root: SpanRecord)
}

/// What stands for a request in other traces.
package enum SpanPlace: Sendable {
    /// In a trace of the gateway's own recorder.
    case own(TraceContext)
    /// In that of another tracer.
    case other(ServiceContext)
}
