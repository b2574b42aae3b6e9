internal import Aurelis
internal import NIOCore

extension HTTPConnectionHandler {
    /// Hands a request for files or batches to the connection's task; an upload before its body has come.
    func startStored(_ request: StoredRequest) {
        guard let head = head.take() else { return }
        do throws(ModelError) {
            let options = try callOptions(of: head)
            let exchange = StoredExchange(
                request: request,
                head: head,
                options: options,
                requestID: requestID,
                body: upload == nil ? body : nil
            )
            body = []
            start(.stored(exchange))
        } catch {
            let response = ErrorResponse.make(error, requestID: requestID)
            if upload == nil { answer(response) } else { answerUpload(response) }
        }
    }

    // MARK: - Uploads

    func beginUpload() {
        upload = UploadBuffer()
        if case .stored(let request) = endpoint { startStored(request) }
    }

    func takeUpload(_ bytes: ByteBuffer) {
        upload?.append(bytes)
        timer.bodyMoved()
    }

    func completeUpload() {
        upload?.isComplete = true
        upload?.wake()
    }

    /// The next bytes of the upload; nil after the last ones.
    ///
    /// - Throws: `cancelled` when the rest will not come.
    func nextUploadPiece() async throws(ModelError) -> [UInt8]? {
        while upload != nil {
            if let piece = upload?.take() {
                resumeReading()
                return piece
            }
            if upload?.isComplete == true { return nil }
            await withCheckedContinuation { upload?.waiter = $0 }
        }
        throw ModelError(.cancelled, "the upload was broken off")
    }

    /// Answers an upload, also one whose rest nobody wants any more.
    func answerUpload(_ response: Response) {
        guard context != nil, machine.isAwaitingAnswer || (upload != nil && machine.failed()) else { return }
        answer(response)
        resumeReading()
    }

    /// The upload is over, however it ended.
    func endUpload() {
        guard let waiter = upload?.waiter else {
            upload = nil
            return
        }
        upload = nil
        waiter.resume()
    }

    // MARK: - Downloads

    /// Begins an answer of a known length whose body follows piece by piece.
    ///
    /// - Returns: whether anybody waits for it.
    func beginDownload(_ responseHead: ResponseHead, length: Int) -> Bool {
        releaseBody()
        guard let context, let framing = machine.beginStream(hasHeldInput: !held.isEmpty) else { return false }
        var buffer = loop.borrowBuffer(capacity: 1_024)
        responseHead.write(
            to: &buffer,
            framing: .length(length),
            connection: framing.closes ? .close : .keep,
            date: loop.currentDate()
        )
        isDownload = true
        chunk = EventChunk(isChunked: false, allocator: context.channel.allocator)
        context.write(Self.wrapOutboundOut(buffer), promise: nil)
        loop.returnBuffer(buffer)
        flushChunk()
        return true
    }

    /// Ends it; what is not whole ends with the connection, by which the client knows.
    func endDownload(isWhole: Bool) {
        if isWhole { endStream() } else { close() }
    }
}
