internal import AurelisServing
internal import NIOCore
internal import NIOHTTP1

/// What of a connection's requests a route may see, and what the connection waits for, without I/O: events go in, actions
/// come out.
///
///     var intake = RequestIntake(maximumBody: 65_536, maximumTarget: 8_192)
///     switch intake.receive(part) { case .pass(let request): … }
///
/// A request is passed on when it is whole: a route acts at once, and what turns out to be broken behind a head must
/// not have been acted upon. A refusal waits until what came before it is answered, and is the connection's end.
struct RequestIntake {
    /// A request that is whole.
    struct Whole: Equatable {
        var head: HTTPRequestHead
        var body: ByteBuffer
    }

    enum Action: Equatable {
        case none
        case pass(Whole)
        case sendContinue
        /// The answer is the last one: then this side is closed, and what still comes is thrown away for a while.
        case refuse(ProtocolFailure)
        case close
    }

    /// What the client is waited for; each is another one than that of the request before.
    enum Wait: Equatable {
        case nothing
        case head(request: Int)
        case body(request: Int)
        case nextRequest(Int)
        /// For a refused client to read its answer.
        case farewell
    }

    private enum State {
        /// Nothing of the next request was decoded.
        case idle(headStarted: Bool)
        case receiving(Whole)
        /// To be refused, behind what is still to be answered.
        case failed(ProtocolFailure)
        case refused
    }

    private let maximumBody: Int
    private let maximumTarget: Int
    private var state = State.idle(headStarted: false)
    /// How many requests were passed on, and how many of them are to be answered.
    private var passed = 0
    private var outstanding = 0

    init(maximumBody: Int, maximumTarget: Int) {
        self.maximumBody = maximumBody
        self.maximumTarget = maximumTarget
    }

    var wait: Wait {
        switch state {
        case .receiving: .body(request: passed)
        case .idle(headStarted: true): .head(request: passed)
        case .idle: outstanding > 0 ? .nothing : passed == 0 ? .head(request: 0) : .nextRequest(passed)
        case .failed: .nothing
        case .refused: .farewell
        }
    }

    /// Bytes came that are a part of a head.
    mutating func headStarted() {
        if case .idle = state { state = .idle(headStarted: true) }
    }

    mutating func receive(_ part: HTTPServerRequestPart) -> Action {
        switch (state, part) {
        case (.idle, .head(let head)): return begin(head)
        case (.receiving(var request), .body(var bytes)):
            guard request.body.readableBytes + bytes.readableBytes <= maximumBody else { return fail(.adminBody) }
            request.body.writeBuffer(&bytes)
            state = .receiving(request)
            return .none
        case (.receiving(let request), .end):
            state = .idle(headStarted: false)
            passed += 1
            outstanding += 1
            return .pass(request)
        default: return .none
        }
    }

    private mutating func begin(_ head: HTTPRequestHead) -> Action {
        do throws(ProtocolFailure) {
            let framing = try RequestFraming(head, maximumTarget: maximumTarget)
            if case .length(let count) = framing.body, count > maximumBody { throw .adminBody }
            state = .receiving(Whole(head: head, body: ByteBuffer()))
            let mayAsk = framing.expectsContinue && framing.body != .none && head.version.minor > 0
            return mayAsk && outstanding == 0 ? .sendContinue : .none
        } catch {
            return fail(error)
        }
    }

    /// What came is no request, or comes too late, or there is no room for it.
    mutating func fail(_ failure: ProtocolFailure) -> Action {
        switch state {
        case .failed, .refused: return .none
        case .idle, .receiving: break
        }
        state = outstanding == 0 ? .refused : .failed(failure)
        return outstanding == 0 ? .refuse(failure) : .none
    }

    /// A request that was passed on has its answer.
    mutating func answered() -> Action {
        outstanding = max(0, outstanding - 1)
        guard outstanding == 0, case .failed(let failure) = state else { return .none }
        state = .refused
        return .refuse(failure)
    }

    /// The client will send no more. What it has sent whole is answered.
    mutating func inputClosed() -> Action {
        switch state {
        case .refused: .close
        case .receiving: outstanding == 0 ? .close : .none
        case .idle, .failed: .none
        }
    }

    /// What the connection waits for did not come in time.
    mutating func timedOut() -> Action {
        switch wait {
        case .nothing: .none
        case .body: fail(.bodyTimeout)
        case .nextRequest, .farewell: .close
        case .head: if case .idle(headStarted: true) = state { fail(.headTimeout) } else { .close }
        }
    }
}

extension ProtocolFailure {
    /// No body here says more.
    fileprivate static let adminBody = ProtocolFailure(
        status: 413,
        code: "request_too_large",
        message: "the body is larger than 64 KB"
    )
}
