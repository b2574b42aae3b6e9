internal import Aurelis
internal import AurelisServing
internal import Logging
internal import NIOCore
internal import NIOHTTP1

extension HTTPConnectionHandler {
    func take(_ part: HTTPServerRequestPart) {
        switch part {
        case .head(let head): take(head)
        case .body(let bytes): take(bytes)
        case .end:
            guard machine.receivedEnd() else { return }
            if upload == nil { dispatch() } else { completeUpload() }
        }
    }

    private func take(_ wireHead: HTTPRequestHead) {
        guard !machine.isEnding else { return }
        headsTaken &+= 1
        let head: RequestHead
        do {
            head = try RequestHead(wireHead, limits: configuration.limits)
        } catch {
            return refuse(error)
        }
        var facts = head.facts
        endpoint = Endpoint(method: head.method, target: head.target)
        requestID = .next()
        let foreignness = loop.server.isLocal ? head.foreignness : nil
        // Where keys are required a page has none to send, and whoever has one may be behind a proxy of any name.
        let mayHaveKey = loop.server.access?.isRequired == true
        if let foreignness, !mayHaveKey { return refuse(foreignness.failure) }
        admit(head.credential)
        if let foreignness, grant == nil, refusal == nil { return refuse(foreignness.failure) }
        keepForSignature(wireHead)
        facts.wantsBody = endpoint.wantsBody && refusal == nil
        // What a signature is over must be there before it is looked at.
        facts.streamsBody = facts.wantsBody && endpoint.streamsBody && !expectsSignature
        isHTTP10 = facts.isHTTP10
        wantsHeadOnly = head.method == .HEAD
        if endpoint.needsHead { self.head = head }
        switch machine.receivedHead(facts) {
        case .collectBody(let sendContinue):
            if case .length(let count) = facts.body { body.reserveCapacity(min(count, 64 * 1_024)) }
            if sendContinue { writeInterim("HTTP/1.1 100 Continue\r\n\r\n") }
        case .streamBody(let sendContinue):
            if sendContinue { writeInterim("HTTP/1.1 100 Continue\r\n\r\n") }
            beginUpload()
        case .discardBody: break
        case .answer: dispatch()
        case .refuse(let failure): write(ErrorResponse.make(failure, requestID: requestID))
        }
    }

    /// Finds out whom the request is from, before its body is read.
    private func admit(_ credential: RequestCredential) {
        (grant, refusal) = (nil, nil)
        guard let access = loop.server.access else { return }
        do throws(AccessRefusal) {
            grant = try access.admit(credential, to: endpoint, &loop.keys)
        } catch {
            refusal = error
            note(error)
            logger.debug("refusing a request", metadata: ["status": "\(error.status)", "reason": "\(error.code)"])
        }
    }

    private func take(_ bytes: ByteBuffer) {
        switch machine.receivedBody(bytes.readableBytes) {
        case .append where upload != nil: takeUpload(bytes)
        case .append:
            bytes.withUnsafeReadableBytes { body.append(contentsOf: $0) }
            bodyBytesTaken += bytes.readableBytes
            if !loop.server.bodies.take(bytes.readableBytes) { waitForMemory() }
            timer.bodyMoved()
        case .discard: break
        case .refuse(let failure):
            releaseBody()
            write(ErrorResponse.make(failure, requestID: requestID))
        }
    }

    /// Refuses what is not (yet) a request.
    func refuse(_ failure: ProtocolFailure) {
        releaseBody()
        guard machine.failed() else { return }
        note(failure)
        logger.debug("refusing a request", metadata: ["status": "\(failure.status)", "reason": "\(failure.code)"])
        write(ErrorResponse.make(failure, requestID: requestID))
    }

    /// The request is complete: answers it, or hands it to the handler task.
    private func dispatch() {
        waitsForMemory = false
        if let refusal { return answer(ErrorResponse.make(refusal, requestID: requestID)) }
        if let refusal = refusalOfSignature() { return answer(refusal) }
        guard let (operation, dialect) = endpoint.call else {
            if case .stored(let request) = endpoint { return startStored(request) }
            return answer(Self.answer(to: endpoint, server: loop.server, requestID: requestID, grant: grant))
        }
        guard let head = head.take() else { return }
        do throws(ModelError) {
            if let refusal = ContentType.refusal(of: head) {
                return answer(
                    ErrorResponse.make(
                        status: 415,
                        message: refusal,
                        code: "unsupported_media_type",
                        requestID: requestID
                    )
                )
            }
            let options = try callOptions(of: head)
            var exchange = ModelExchange(
                operation: operation,
                dialect: dialect,
                options: options,
                requestID: requestID,
                body: body,
                traceFields: head.traceFields
            )
            body = []
            if let response = exchange.responseFromMemory(of: loop.server.orchestrator(), &loop.repeatedCalls) {
                return answer(response)
            }
            start(.call(exchange))
        } catch {
            fail(error, requestID: requestID)
        }
    }

    /// What a request says beside its body, and whose it is: for model calls, files and batches alike.
    func callOptions(of head: RequestHead) throws(ModelError) -> ModelCall.Options {
        var options = try ModelCall.Options(reading: head)
        options.grant = grant
        return options
    }

    // MARK: - Holding back

    /// Keeps a pipelined part until its turn; what one client may have held is bounded.
    func hold(_ part: HTTPServerRequestPart) {
        guard heldBytes <= configuration.limits.pipelined else { return }
        switch part {
        case .head(let head): heldBytes += 256 + head.uri.utf8.count + 64 * head.headers.count
        case .body(let bytes): heldBytes += bytes.readableBytes
        case .end: break
        }
        guard heldBytes <= configuration.limits.pipelined else {
            held.append(.failure(.pipelineTooDeep))
            return
        }
        held.append(.part(part))
    }

    /// Goes on with what was held back, until the next request is complete or nothing is left.
    func takeHeldInput() {
        guard !isTakingHeldInput else { return }
        isTakingHeldInput = true
        while !machine.holdsInput, context != nil, !held.isEmpty {
            // A client that does not take its answers gets no further ones made.
            guard isWritable || machine.isEnding else {
                takesInputWhenWritable = true
                break
            }
            takesInputWhenWritable = false
            switch held.removeFirst() {
            case .part(let part): take(part)
            case .failure(let failure): refuse(failure)
            }
        }
        isTakingHeldInput = false
        if held.isEmpty {
            heldBytes = 0
            if machine.isStarved { return close() }
        }
        resumeReading()
    }

    func resumeReading() {
        guard readIsHeld, held.isEmpty, !waitsForMemory, upload?.isFull != true else { return }
        readIsHeld = false
        context?.read()
    }

    // MARK: - Memory

    private func waitForMemory() {
        guard !waitsForMemory else { return }
        waitsForMemory = true
        let connection = NIOLoopBound(self, eventLoop: eventLoop)
        loop.server.bodies.whenRoom(for: ObjectIdentifier(self)) { [eventLoop] in
            eventLoop.execute { connection.value.memoryCameFree() }
        }
    }

    private func memoryCameFree() {
        guard waitsForMemory else { return }
        waitsForMemory = false
        resumeReading()
        updateTimer()
    }

    func releaseBody() {
        body = []
        waitsForMemory = false
        if upload != nil { endUpload() }
        guard bodyBytesTaken > 0 else { return }
        loop.server.bodies.release(bodyBytesTaken)
        bodyBytesTaken = 0
    }
}
