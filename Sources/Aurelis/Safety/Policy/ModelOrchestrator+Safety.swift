extension ModelOrchestrator {
    /// The call as it may go on; what is refused is recorded like every other failure.
    func inspected(_ call: ModelCall, since start: ContinuousClock.Instant) throws(ModelError) -> ModelCall {
        var call = call
        do throws(ModelError) {
            try inspector.inspect(&call, logger: logger)
        } catch {
            var error = error
            var trace = RouteTrace()
            trace.findings = call.inspection?.notices ?? []
            error.trace = trace
            recording?.failed(call, error, since: start, at: time.now)
            throw error
        }
        return call
    }
}
