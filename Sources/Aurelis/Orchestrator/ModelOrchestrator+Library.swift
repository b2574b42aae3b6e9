internal import AurelisJSON

extension ModelOrchestrator {
    /// Answers a request.
    ///
    ///     let response = try await orchestrator.respond(to: ModelRequest("Say hi", model: .gpt4oMini))
    ///
    /// - Throws: why there is no answer, with the trace of what was tried.
    public func respond(to request: ModelRequest) async throws(ModelError) -> ModelResponse {
        let start = time.now
        let call = try ModelCall(request, stream: false)
        let reply = try await answer(call)
        guard case .whole(let document) = reply.answer else { throw .wrongShape }
        let completion = ChatCompletion(reading: document)
        return ModelResponse(
            id: call.id,
            content: completion.content,
            toolCalls: completion.toolCalls,
            finishReason: completion.finishReason,
            modelRequested: request.model,
            modelUsed: reply.model,
            provider: reply.provider,
            task: request.task,
            usage: completion.usage,
            confidence: completion.confidence,
            processingTime: start.duration(to: time.now),
            trace: reply.trace
        )
    }

    /// Answers a request piece by piece; returns when the first content has arrived.
    ///
    ///     let stream = try await orchestrator.stream(ModelRequest("Tell a story"))
    ///     while let delta = try await stream.next() { print(delta.content, terminator: "") }
    ///     print(stream.response.usage)
    ///
    /// - Throws: why there is no answer, with the trace of what was tried.
    public func stream(_ request: ModelRequest) async throws(ModelError) -> ModelStream {
        let start = time.now
        let call = try ModelCall(request, stream: true)
        let reply = try await answer(call)
        guard case .stream(let events) = reply.answer else { throw .wrongShape }
        return ModelStream(events, reply: reply, call: call, start: start, time: time)
    }
}

extension ModelOrchestrator {
    /// Who would be asked for a request, best first, and who was ruled out and why; sends nothing.
    public func candidates(for request: ModelRequest) throws(ModelError) -> [RouteTrace.Candidate] {
        try candidates(for: ModelCall(request, stream: false))
    }
}

extension ModelCall {
    /// A call from the library's vocabulary.
    public init(_ request: ModelRequest, stream: Bool, id: RequestID = .next()) throws(ModelError) {
        let body: JSONDocument
        do {
            body = try JSONDocument(request.body(stream: stream))
        } catch {
            throw ModelError(.invalidRequest, "the request is not valid JSON: \(error)", code: "invalid_request")
        }
        var options = Options(
            task: request.task,
            fallback: request.fallback,
            strategy: request.strategy,
            allowsRestart: request.allowsRestart,
            timeout: request.timeout
        )
        options.tenant = request.tenant
        options.cache = request.cache
        options.cacheTags = request.cacheTags
        options.priority = request.priority
        options.quotaTimeout = request.quotaTimeout
        try self.init(reading: body, operation: .chatCompletion, id: id, options: options)
        onWait = request.onWait
    }
}
