internal import AurelisServing

/// The life of one HTTP/1.1 connection, without I/O: events go in, actions come out.
///
/// One request at a time: while it is answered, `holdsInput` tells the caller to keep later parts back. The machine
/// decides when the connection is used again, when it closes, and how:
///
/// - `close`: everything the client sent was read, so closing loses nothing.
/// - `linger`: the client may still be sending. The answer goes out, our side is closed, and the rest is read and thrown
///   away for a while; closing at once would make the kernel send a reset that can destroy the answer on its way.
///
/// A client that closes its sending side (EOF) while it waits looks the same whether it went away or only said
/// that it will send no more. The machine answers EOF with a *probe*, an interim `100 Continue` (or, within a
/// stream, an SSE comment): a client that waits skips it, a socket that is gone replies with a reset, which
/// ends the call. HTTP/1.0 has no interim answers, so there EOF means gone.
struct HTTPServerConnectionStateMachine {
    private enum State: Equatable {
        /// Nothing of the next request was decoded.
        case idle(isFirst: Bool, headStarted: Bool)
        /// The head is there and the body is arriving.
        case receiving(Request, count: Int)
        /// The request is complete (or refused) and nothing of its answer was written.
        case handling(Request)
        /// The answer's head was written; its body follows piece by piece.
        case streaming(Request, closes: Bool)
        /// The last answer is on its way out.
        case closing(linger: Bool)
        /// The last answer is out; what the client still sends is thrown away.
        case lingering
        case closed
    }

    private struct Request: Equatable {
        var facts: RequestFacts
        /// Whether a part of the body will never be read.
        var hasUnreadBody = false
        /// Whether the connection is beyond another request.
        var isLast = false
    }

    private var state = State.idle(isFirst: true, headStarted: false)
    private var inputIsClosed = false
    private var isDraining = false
    private let maximumBody: Int
    private let maximumUpload: Int
    private let maximumFile: Int

    /// - Parameters:
    ///   - maximumBody: the bytes that a body may have which is held.
    ///   - maximumUpload: the bytes that a body may have which is passed on as it comes.
    ///   - maximumFile: the bytes that the file in it may have.
    init(maximumBody: Int, maximumUpload: Int = 0, maximumFile: Int = 0) {
        self.maximumBody = maximumBody
        self.maximumUpload = maximumUpload
        self.maximumFile = maximumFile
    }

    private func limit(of facts: RequestFacts) -> Int { facts.streamsBody ? maximumUpload : maximumBody }

    private func tooLarge(_ facts: RequestFacts) -> ProtocolFailure {
        guard facts.streamsBody else { return .bodyTooLarge(limit: maximumBody) }
        if case .length(let size) = facts.body { return .uploadTooLarge(size: size, limit: maximumFile) }
        return .uploadTooLarge(size: nil, limit: maximumFile)
    }
}

// MARK: - What the client sends

extension HTTPServerConnectionStateMachine {
    /// What to do with a head.
    enum HeadAction: Equatable {
        /// Gather the body.
        case collectBody(sendContinue: Bool)
        /// Begin to answer, and pass the body on as it comes.
        case streamBody(sendContinue: Bool)
        /// Let the body pass; the answer does not depend on it.
        case discardBody
        /// Answer now; the body will not be read.
        case answer
        /// Answer with the failure.
        case refuse(ProtocolFailure)
    }

    /// What to do with a piece of a body.
    enum BodyAction: Equatable {
        case append
        case discard
        case refuse(ProtocolFailure)
    }

    /// Bytes arrived that do not yet make up a head.
    mutating func headStarted() {
        if case .idle(let isFirst, false) = state { state = .idle(isFirst: isFirst, headStarted: true) }
    }

    mutating func receivedHead(_ facts: RequestFacts) -> HeadAction {
        guard case .idle = state else { return .discardBody }
        var request = Request(facts: facts)
        let length: Int
        switch facts.body {
        case .none: length = 0
        case .length(let declared): length = declared
        case .chunked: length = 1
        }
        let isTooLarge = length > limit(of: facts)
        guard !isTooLarge, facts.wantsBody || !facts.expectsContinue || length == 0 else {
            request.hasUnreadBody = true
            state = .handling(request)
            return facts.wantsBody ? .refuse(tooLarge(facts)) : .answer
        }
        state = .receiving(request, count: 0)
        guard facts.wantsBody else { return .discardBody }
        let sendContinue = facts.expectsContinue && !facts.isHTTP10 && length > 0
        return facts.streamsBody ? .streamBody(sendContinue: sendContinue) : .collectBody(sendContinue: sendContinue)
    }

    mutating func receivedBody(_ count: Int) -> BodyAction {
        guard case .receiving(var request, let received) = state else { return .discard }
        guard received + count <= limit(of: request.facts) else {
            request.hasUnreadBody = true
            state = .handling(request)
            return .refuse(tooLarge(request.facts))
        }
        state = .receiving(request, count: received + count)
        return request.facts.wantsBody ? .append : .discard
    }

    /// - Returns: whether the request is complete and is to be answered.
    mutating func receivedEnd() -> Bool {
        guard case .receiving(let request, _) = state else { return false }
        state = .handling(request)
        return true
    }

    /// The client broke the protocol, took too long, or there is no room for it.
    ///
    /// - Returns: whether to answer with the failure.
    mutating func failed() -> Bool {
        switch state {
        case .idle:
            state = .handling(Request(facts: RequestFacts(keepsAlive: false), hasUnreadBody: true, isLast: true))
            return true
        case .receiving(var request, _):
            request.hasUnreadBody = true
            state = .handling(request)
            return true
        case .handling, .streaming, .closing, .lingering, .closed:
            return false
        }
    }

    /// What to do when the client closes its sending side.
    enum InputClosedAction: Equatable {
        case none
        case close
        /// Send an interim answer, to learn whether anybody is there.
        case probe
        /// Send an SSE comment, to the same end.
        case probeStream
    }

    mutating func inputClosed() -> InputClosedAction {
        inputIsClosed = true
        switch state {
        case .handling(let request) where !request.facts.isHTTP10: return .probe
        case .streaming: return .probeStream
        case .closing, .closed: return .none
        case .idle, .receiving, .handling, .lingering: return .close
        }
    }
}

// MARK: - What is answered

extension HTTPServerConnectionStateMachine {
    /// What follows an answer.
    enum AfterAnswer: Equatable {
        case next
        case close
        case linger
    }

    /// How a streamed answer is delimited.
    struct StreamFraming: Equatable {
        /// Chunked, or delimited by the end of the connection.
        var isChunked: Bool
        /// Whether the head announces the end of the connection.
        var closes: Bool
    }

    /// A whole answer is written now; nil when nobody waits for it.
    ///
    /// - Parameter hasHeldInput: whether a pipelined request is already there.
    mutating func answerWhole(hasHeldInput: Bool) -> AfterAnswer? {
        guard case .handling(let request) = state else { return nil }
        guard closes(after: request, hasHeldInput: hasHeldInput) else {
            state = .idle(isFirst: false, headStarted: false)
            return .next
        }
        state = .closing(linger: request.hasUnreadBody)
        return request.hasUnreadBody ? .linger : .close
    }

    /// A streamed answer begins; nil when nobody waits for it.
    mutating func beginStream(hasHeldInput: Bool) -> StreamFraming? {
        guard case .handling(let request) = state else { return nil }
        let closes = request.facts.isHTTP10 || closes(after: request, hasHeldInput: hasHeldInput)
        state = .streaming(request, closes: closes)
        return StreamFraming(isChunked: !request.facts.isHTTP10, closes: closes)
    }

    /// A streamed answer ends; nil when nobody waits for it.
    ///
    /// - Parameter failed: a stream that was cut short always closes its connection.
    mutating func endStream(failed: Bool) -> AfterAnswer? {
        guard case .streaming(_, let closes) = state else { return nil }
        guard closes || failed || isDraining else {
            state = .idle(isFirst: false, headStarted: false)
            return .next
        }
        state = .closing(linger: false)
        return .close
    }

    private func closes(after request: Request, hasHeldInput: Bool) -> Bool {
        !request.facts.keepsAlive || request.hasUnreadBody || request.isLast || isDraining
            || (inputIsClosed && !hasHeldInput)
    }

    /// The last answer has reached the kernel.
    ///
    /// - Returns: whether to close now; otherwise our side is closed and the client's rest is awaited.
    mutating func lastAnswerWritten() -> Bool {
        guard case .closing(linger: true) = state, !inputIsClosed else { return true }
        state = .lingering
        return false
    }

    /// Whether the answer to the request at hand has not begun.
    var isAwaitingAnswer: Bool {
        if case .handling = state { true } else { false }
    }

    /// Whether nothing of a further request has come.
    var isBetweenRequests: Bool {
        if case .idle(_, headStarted: false) = state { true } else { false }
    }

    /// How many bytes of the body that is arriving have come; nil when none is.
    var receivedBody: Int? {
        if case .receiving(_, let count) = state { count } else { nil }
    }

    /// Whether a body is arriving that is passed on as it comes.
    var isReceivingUpload: Bool {
        if case .receiving(let request, _) = state { request.facts.streamsBody } else { false }
    }

    /// How many bytes the body that is arriving may have.
    var bodyLimit: Int { isReceivingUpload ? maximumUpload : maximumBody }

    /// Why a body is refused that has more, as it is found out while it comes.
    var bodyRefusal: ProtocolFailure {
        isReceivingUpload ? .uploadTooLarge(size: nil, limit: maximumFile) : .bodyTooLarge(limit: maximumBody)
    }

    /// How many bytes of the chunked body that is arriving have come; nil when none is.
    var receivedInChunks: Int? {
        if case .receiving(let request, let count) = state, request.facts.body == .chunked { count } else { nil }
    }

    /// Whether the connection is past its last request.
    var isEnding: Bool {
        switch state {
        case .closing, .lingering, .closed: true
        case .idle, .receiving, .handling, .streaming: false
        }
    }

    /// Whether the next request can never become complete, because the client has closed its sending side.
    var isStarved: Bool {
        guard inputIsClosed else { return false }
        return switch state {
        case .idle, .receiving: true
        case .handling, .streaming, .closing, .lingering, .closed: false
        }
    }

    /// Whether the last answer is on its way to the kernel.
    var isFlushing: Bool {
        if case .closing = state { true } else { false }
    }

    /// Whether a request is being answered, so that what the client sends next must wait.
    var holdsInput: Bool {
        switch state {
        case .handling, .streaming: true
        case .idle, .receiving, .closing, .lingering, .closed: false
        }
    }
}

// MARK: - Time and shutdown

extension HTTPServerConnectionStateMachine {
    /// What the connection waits for, with a time limit of its own.
    enum Wait: Equatable {
        /// Nothing of the client's.
        case none
        case head
        case body
        case nextRequest
        case linger
    }

    var wait: Wait {
        switch state {
        case .idle(isFirst: true, _), .idle(_, headStarted: true): .head
        case .idle: .nextRequest
        case .receiving: .body
        case .lingering: .linger
        case .handling, .streaming, .closing, .closed: .none
        }
    }

    /// What to do when the time limit has passed.
    enum TimeoutAction: Equatable {
        case none
        case close
        case refuse(ProtocolFailure)
    }

    mutating func timedOut() -> TimeoutAction {
        switch state {
        case .idle(_, headStarted: true):
            return failed() ? .refuse(.headTimeout) : .none
        case .receiving:
            return failed() ? .refuse(.bodyTimeout) : .none
        case .idle, .lingering, .closing:
            return .close
        case .handling, .streaming, .closed:
            return .none
        }
    }

    /// The server shuts down gracefully.
    ///
    /// - Returns: whether to close the connection, because nothing is in flight on it.
    mutating func drain() -> Bool {
        isDraining = true
        if case .idle(_, headStarted: false) = state { return true }
        return false
    }

    /// The connection is gone.
    ///
    /// - Returns: whether somebody still works on an answer, who is to be cancelled.
    mutating func closed() -> Bool {
        let wasAnswering = holdsInput || isReceivingUpload
        state = .closed
        return wasAnswering
    }
}
