internal import NIOCore

/// What a connection does to answer one request: bytes, waits and an ending, in order.
struct ResponseScript: Sendable, Hashable {
    enum Step: Sendable, Hashable {
        case write(ByteBuffer)
        /// Waits for some simulated time.
        case wait(Duration)
        /// Writes this again and again until the client has enough.
        case repeatForever(ByteBuffer)
        /// Does nothing until the client leaves.
        case hang
    }

    enum Ending: Sendable, Hashable {
        case keepAlive
        case close
        case reset
    }

    var steps: [Step] = []
    var ending = Ending.keepAlive

    /// What matters of a request for the form of its answer.
    struct Client: Sendable, Hashable {
        /// Whether it keeps the connection.
        var keepsAlive = true
        /// Whether it understands chunks (HTTP/1.1).
        var takesChunks = true
        /// Whether it wants no body (`HEAD`).
        var headOnly = false
    }
}

extension ResponseScript {
    /// The whole answer at once, if nothing delays it: to be kept and sent again.
    static func whole(_ reply: Reply) -> (bytes: ByteBuffer, requestIDPlace: Int) {
        var writer = ResponseScriptWriter(reply, client: Client(), latency: .none)
        let place = writer.writeHead()
        writer.writeBody()
        return (writer.pending, place)
    }

    /// The script for an answer.
    init(
        _ reply: Reply,
        fault: Fault? = nil,
        client: Client,
        latency: SimulatorLatency,
        requestID: RequestID
    ) {
        var writer = ResponseScriptWriter(reply, client: client, latency: latency)
        writer.play(fault, requestID)
        self = writer.finished
    }
}
