internal import Aurelis
internal import AurelisJSON

/// One model call of a client: its body, and the way its answer takes back.
struct ModelExchange {
    let operation: ModelOperation
    let dialect: Dialect
    let options: ModelCall.Options
    let requestID: RequestID
    let body: [UInt8]
    /// The trace that the client is part of.
    let traceFields: TraceFields
    /// The call, once it has been read.
    private var call: ModelCall?
    /// What it came from, if it came in the form of the Responses API.
    private var response: ResponseRequest?

    init(
        operation: ModelOperation,
        dialect: Dialect = .completions,
        options: ModelCall.Options,
        requestID: RequestID,
        body: [UInt8],
        traceFields: TraceFields = TraceFields()
    ) {
        self.traceFields = traceFields
        self.operation = operation
        self.dialect = dialect
        self.options = options
        self.requestID = requestID
        self.body = body
    }

    /// The response, if memory has it: the way of most hits, without waking the connection's task.
    mutating func responseFromMemory(of orchestrator: ModelOrchestrator, _ repeated: inout RepeatedCalls) -> Response? {
        let known = repeated.call(for: self, of: orchestrator)
        // What is wrong with a call is told by `run`.
        guard var call = known ?? (try? read()) else { return nil }
        call.stand(for: requestID, traceFields)
        let reply = orchestrator.answerFromMemory(&call)
        self.call = call
        guard let reply, case .whole(let document) = reply.answer else { return nil }
        if known == nil { repeated.add(call, of: self, orchestrator) }
        return answer(document, reply)
    }

    private mutating func read() throws(ModelError) -> ModelCall {
        let document = try document()
        if dialect == .responses { response = try ResponseRequest(reading: document) }
        var options = options
        try response?.prepare(&options)
        var call = try ModelCall(
            reading: response?.chat ?? document,
            operation: operation,
            id: requestID,
            options: options
        )
        if response != nil { call.wantsUsage = true }
        call.traceFields = traceFields
        return call
    }

    /// Answers the call on the connection. Runs on the connection's event loop.
    ///
    /// Cancelled as soon as the client is gone; what is written after that goes nowhere.
    mutating func run(on connection: HTTPConnectionHandler, orchestrator: ModelOrchestrator) async {
        do throws(ModelError) {
            var call = if let call { call } else { try read() }
            call.executor = connection.executor
            if call.stream { call.onWait = connection.waitTeller(for: requestID) }
            let reply = try await orchestrator.answer(call)
            switch reply.answer {
            case .whole(let document):
                connection.answer(answer(document, reply))
            case .stream(let stream):
                await relay(stream, head: head(of: reply), through: frame(of: reply), to: connection)
            }
        } catch {
            let error = response?.located(error) ?? error
            connection.fail(error, requestID: requestID, event: event(error))
        }
    }

    private func document() throws(ModelError) -> JSONDocument {
        do {
            return try JSONDocument(body)
        } catch {
            throw ModelError(.invalidRequest, "the request body is not valid JSON: \(error)", code: "invalid_json")
        }
    }

    private func head(of reply: ModelReply) -> ResponseHead {
        var head = ResponseHead()
        head.requestID = requestID
        head.model = reply.model
        head.provider = reply.provider
        head.trace = reply.trace
        return head
    }

    private func answer(_ document: JSONDocument, _ reply: ModelReply) -> Response {
        Response(head: head(of: reply), body: frame(of: reply)?.response(of: document) ?? document.bytes)
    }

    /// Passes events on as they come, no faster than the client takes them.
    private func relay(
        _ stream: ReplyStream,
        head: ResponseHead,
        through frame: ResponseFrame?,
        to connection: HTTPConnectionHandler
    ) async {
        var head = head
        head.contentType = "text/event-stream"
        head.isEventStream = true
        connection.beginStream(head)
        var translation = frame.map { ResponseStream($0) }
        await withTaskCancellationHandler {
            do throws(ModelError) {
                while let event = try await stream.next() {
                    switch connection.send(try translation?.bytes(for: event) ?? event.raw) {
                    case .more: continue
                    case .pause: await connection.pause()
                    case .blocked: guard await connection.writable() else { return stream.cancel() }
                    case .gone: return stream.cancel()
                    }
                }
                connection.endStream()
            } catch {
                stream.cancel()
                connection.endStream(failing: error, event: translation?.bytes(failing: error))
            }
        } onCancel: {
            stream.cancel()
        }
    }
}

/// What another form than that of completions needs.
extension ModelExchange {
    private func frame(of reply: ModelReply) -> ResponseFrame? { frame(model: reply.model) }

    private func frame(model: ModelID) -> ResponseFrame? {
        response.map { request in
            ResponseFrame(requestID, echo: request.echo, model: model, now: WallClock.system.secondsSinceEpoch)
        }
    }

    /// How an error is told where a stream has begun before anybody answered.
    private func event(_ error: ModelError) -> [UInt8]? {
        let frame = frame(model: error.model ?? call?.model ?? "auto")
        return frame.map { frame in
            var stream = ResponseStream(frame)
            return stream.bytes(failing: error)
        }
    }
}
