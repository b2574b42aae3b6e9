internal import Aurelis
internal import AurelisServing
internal import Logging
internal import NIOCore
internal import NIOHTTP1

extension HTTPConnectionHandler {
    /// Writes a whole answer to the request at hand and goes on with the connection.
    func answer(_ response: Response) {
        guard context != nil, machine.isAwaitingAnswer else { return releaseBody() }
        releaseBody()
        write(response)
    }

    /// Answers with an error.
    ///
    /// - Parameter event: how it is told where a stream has begun, if not as in chat completions.
    func fail(_ error: ModelError, requestID: RequestID, event: @autoclosure () -> [UInt8]? = nil) {
        logger.debug("request failed", metadata: ["request": "\(requestID)", "error": "\(error)"])
        // The status has been sent with the news that it waits.
        if hasBegunWaiting { return endStream(failing: error, event: event()) }
        answer(ErrorResponse.make(error, requestID: requestID))
    }

    func write(_ response: Response) {
        guard let context, let after = machine.answerWhole(hasHeldInput: !held.isEmpty) else { return }
        var buffer = loop.borrowBuffer(capacity: 1_024 + response.body.count)
        response.head.write(
            to: &buffer,
            framing: response.head.status == 204 ? .none : .length(response.body.count),
            connection: after != .next ? .close : isHTTP10 ? .keepAlive : .keep,
            date: loop.currentDate()
        )
        if !wantsHeadOnly { buffer.writeBytes(response.body) }
        write(buffer, then: after, context: context)
        loop.returnBuffer(buffer)
        finished(after)
    }

    private func write(
        _ buffer: ByteBuffer,
        then after: HTTPServerConnectionStateMachine.AfterAnswer,
        context: ChannelHandlerContext
    ) {
        guard after != .next else {
            context.write(Self.wrapOutboundOut(buffer), promise: nil)
            scheduleFlush()
            return
        }
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { [self] _ in lastAnswerWritten() }
        context.writeAndFlush(Self.wrapOutboundOut(buffer), promise: written)
    }

    private func lastAnswerWritten() {
        guard machine.lastAnswerWritten() else {
            context?.close(mode: .output, promise: nil)
            updateTimer()
            return
        }
        close()
    }

    private func finished(_ after: HTTPServerConnectionStateMachine.AfterAnswer) {
        wantsHeadOnly = false
        updateTimer()
        takeHeldInput()
    }

    /// An interim answer.
    func writeInterim(_ text: StaticString) {
        guard let context else { return }
        var buffer = context.channel.allocator.buffer(capacity: text.utf8CodeUnitCount)
        buffer.writeStaticString(text)
        context.writeAndFlush(Self.wrapOutboundOut(buffer), promise: nil)
    }

    func probe() { writeInterim("HTTP/1.1 100 Continue\r\n\r\n") }

    func probeStream() {
        // Into a file nothing is written that is not of it.
        guard !isDownload else { return }
        chunk?.append(":\n\n")
        flushChunk()
    }

    // MARK: - Streams

    /// What was sent since the event loop was last let go.
    struct SendBurst {
        private var events = 0
        private var bytes = 0

        mutating func add(_ count: Int) {
            events += 1
            bytes += count
        }

        var isLong: Bool { events >= 256 || bytes >= 64 * 1_024 }
    }

    /// What the sender of a stream may do next.
    enum SendOutcome {
        case more
        /// Much was sent without a pause: the event loop's other connections are to have their turn.
        case pause
        /// The client has not taken what was sent.
        case blocked
        case gone
    }

    func beginStream(_ responseHead: ResponseHead) {
        releaseBody()
        guard !hasBegunWaiting else {
            hasBegunWaiting = false
            return
        }
        writeStreamHead(responseHead)
    }

    /// Tells whoever waits for a stream why nothing comes, in comments, which clients pass over: so neither they nor
    /// what lies between give up. The first begins the answer, before it is known who will give it.
    func waitTeller(for requestID: RequestID) -> @Sendable (QuotaWait) -> Void {
        let connection = NIOLoopBound(self, eventLoop: eventLoop)
        return { [eventLoop] wait in
            eventLoop.execute { connection.value.tell(wait, of: requestID) }
        }
    }

    private func tell(_ wait: QuotaWait, of requestID: RequestID) {
        guard context != nil, self.requestID == requestID else { return }
        if chunk == nil {
            guard machine.isAwaitingAnswer else { return }
            var head = ResponseHead()
            head.contentType = "text/event-stream"
            head.isEventStream = true
            head.requestID = requestID
            writeStreamHead(head)
            hasBegunWaiting = chunk != nil
        }
        guard hasBegunWaiting else { return }
        let text = wait.description.unicodeScalars.map { $0.isASCII && $0.value >= 0x20 ? Character($0) : "?" }
        chunk?.append(Array(": \(String(text))\n\n".utf8))
        flushChunk()
    }

    private func writeStreamHead(_ responseHead: ResponseHead) {
        guard let context, let framing = machine.beginStream(hasHeldInput: !held.isEmpty) else { return }
        var buffer = loop.borrowBuffer(capacity: 1_024)
        responseHead.write(
            to: &buffer,
            framing: framing.isChunked ? .chunked : .untilClose,
            connection: framing.closes ? .close : .keep,
            date: loop.currentDate()
        )
        chunk = EventChunk(isChunked: framing.isChunked, allocator: context.channel.allocator)
        context.write(Self.wrapOutboundOut(buffer), promise: nil)
        loop.returnBuffer(buffer)
        scheduleFlush()
    }

    /// Sends an event: with all others that are ready in the same turn of the event loop, in one write.
    func send(_ event: [UInt8]) -> SendOutcome {
        guard context != nil, chunk != nil else { return .gone }
        chunk?.append(event)
        if let count = chunk?.count, count < configuration.limits.gatheredEvents {
            scheduleFlush()
        } else {
            flushChunk()
        }
        guard isWritable else { return .blocked }
        burst.add(event.count)
        return burst.isLong ? .pause : .more
    }

    /// Lets the event loop look at its other connections.
    func pause() async {
        burst = SendBurst()
        await loop.selectorTurn.wait()
    }

    /// Returns when the client has taken enough of what was sent; false when it is gone.
    func writable() async -> Bool {
        guard context != nil else { return false }
        if isWritable { return true }
        return await withCheckedContinuation { writableWaiter = $0 }
    }

    /// Ends a stream.
    ///
    /// With an error, an error event goes out first, in the stream because the status has long been sent. No `[DONE]`
    /// follows, which tells readers that look for it, and the connection closes, but the chunked coding is ended
    /// properly: some clients throw away what they have not yet handed on when it is not, the error event
    /// included.
    ///
    /// - Parameter event: how the error is told, if not as in chat completions.
    func endStream(failing error: ModelError? = nil, event: [UInt8]? = nil) {
        hasBegunWaiting = false
        guard let context, chunk != nil, let after = machine.endStream(failed: error != nil) else { return }
        if let error {
            logger.debug("stream failed", metadata: ["request": "\(requestID)", "error": "\(error)"])
            chunk?.append(event ?? ErrorResponse.event(error))
        }
        writeChunk()
        var end = context.channel.allocator.buffer(capacity: 8)
        if !isHTTP10, !isDownload { end.writeStaticString("0\r\n\r\n") }
        isDownload = false
        chunk = nil
        write(end, then: after, context: context)
        finished(after)
    }

    /// Sends what was written after whatever else is ready in this turn of the event loop.
    ///
    /// Answers that go out one by one wake each client anew, a row of them does not: a seventh of the time of a request.
    private func scheduleFlush() {
        guard !flushIsScheduled else { return }
        flushIsScheduled = true
        eventLoop.assumeIsolated().execute { [self] in
            flushIsScheduled = false
            flushChunk()
        }
    }

    func flushChunk() {
        writeChunk()
        context?.flush()
    }

    private func writeChunk() {
        guard let context, var chunk, !chunk.isEmpty else { return }
        self.chunk = nil
        context.write(Self.wrapOutboundOut(chunk.take()), promise: nil)
        self.chunk = chunk
    }
}
