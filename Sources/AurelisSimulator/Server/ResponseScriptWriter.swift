internal import NIOCore

/// Puts a reply, and what a fault makes of it, into a script.
struct ResponseScriptWriter {
    /// A part of the body that is never split without a fault.
    private struct Piece {
        var bytes: [UInt8]
        var tokens: Int
        var kind: StreamEvent.Kind?
    }

    private let reply: Reply
    private let client: ResponseScript.Client
    private let latency: SimulatorLatency
    private let framing: WireHead.Framing
    private var pieces: [Piece]
    private var script = ResponseScript()
    /// Bytes that the next step writes.
    private(set) var pending = ByteBuffer()

    init(_ reply: Reply, client: ResponseScript.Client, latency: SimulatorLatency) {
        self.reply = reply
        self.client = client
        self.latency = latency
        switch reply.content {
        case .document(let bytes):
            pieces = [Piece(bytes: bytes, tokens: reply.tokens, kind: nil)]
            framing = .length(bytes.count)
        case .stream(let events):
            pieces = events.map { Piece(bytes: Self.text(of: $0), tokens: $0.tokens, kind: $0.kind) }
            framing = client.takesChunks ? .chunked : .untilClose
        }
        script.ending = client.keepsAlive && framing != .untilClose ? .keepAlive : .close
    }

    var finished: ResponseScript {
        var copy = self
        copy.flush()
        return copy.script
    }

    private static func text(of event: StreamEvent) -> [UInt8] {
        var text = Array("data: ".utf8)
        text.reserveCapacity(event.data.count + 8)
        text += event.data
        text += [UInt8(ascii: "\n"), UInt8(ascii: "\n")]
        return text
    }

    // MARK: - Faults

    mutating func play(_ fault: Fault?, _ requestID: RequestID) {
        switch fault {
        case .resetBeforeHeaders:
            script.ending = .reset
            return
        case .silent:
            script.steps.append(.hang)
            return
        case .garbageStatusLine:
            pending.writeString("SMTP/9.9 banana\r\n\u{1}\u{2}: not a header\r\n\r\n")
            script.ending = .close
            return
        case .endlessBody:
            return playEndlessBody(requestID)
        case .slowHeaders(let seconds): wait(.bounded(seconds: seconds))
        case .missingDone: pieces.removeAll { $0.kind == .done }
        case .duplicateUsage:
            if let index = pieces.firstIndex(where: { $0.kind == .usage }) { pieces.insert(pieces[index], at: index) }
        case .malformedChunk(let fraction): breakPiece(at: fraction)
        default: break
        }
        waitForFirstToken()
        let place = writeHead()
        requestID.set(in: &pending, at: place)
        guard !client.headOnly else { return }
        switch fault {
        case .slowFirstToken(let seconds):
            wait(.bounded(seconds: seconds))
            writeBody()
        case .stall(let fraction, let seconds):
            let index = pieceIndex(at: fraction)
            writeBody(index: index, fraction: fraction) { $0.wait(.bounded(seconds: seconds)) }
        case .cut(let fraction, let reset):
            let index = pieceIndex(at: fraction)
            for piece in pieces[..<index] { write(piece) }
            writeBeginning(of: pieces[index], fraction: pieces.count == 1 ? fraction : 0.5)
            script.ending = reset ? .reset : .close
        case .slowBody(let count, let seconds): dribble(count, every: .bounded(seconds: seconds))
        default: writeBody()
        }
    }

    /// In a stream, the piece before which so large a share of the pieces lies; a document is one piece.
    private func pieceIndex(at fraction: Double) -> Int {
        min(Int(Double(pieces.count) * fraction), pieces.count - 1)
    }

    /// The body with something in the middle: between two events of a stream, inside a document.
    private mutating func writeBody(
        index: Int,
        fraction: Double,
        middle: (inout ResponseScriptWriter) -> Void
    ) {
        if pieces.count == 1 {
            let bytes = pieces[0].bytes
            let cut = Int(Double(bytes.count) * fraction)
            pending.writeBytes(bytes[..<cut])
            middle(&self)
            pending.writeBytes(bytes[cut...])
        } else {
            for piece in pieces[..<index] { write(piece) }
            middle(&self)
            for piece in pieces[index...] { write(piece) }
            writeEnd()
        }
    }

    /// What of a piece goes out before the connection ends: its chunk promises all of it.
    private mutating func writeBeginning(of piece: Piece, fraction: Double) {
        if framing == .chunked { writeChunkSize(piece.bytes.count) }
        pending.writeBytes(piece.bytes[..<Int(Double(piece.bytes.count) * fraction)])
    }

    /// Cuts the JSON of one piece short; in a stream as an event of its own, so that the others stay as they are.
    private mutating func breakPiece(at fraction: Double) {
        let index = pieceIndex(at: fraction)
        if pieces.count == 1 {
            pieces[0].bytes.removeLast(pieces[0].bytes.count - Int(Double(pieces[0].bytes.count) * fraction))
        } else {
            let source = pieces[index].kind == .done ? pieces[index - 1] : pieces[index]
            let broken = Array(source.bytes.prefix(source.bytes.count / 2)) + Array("\n\n".utf8)
            pieces.insert(Piece(bytes: broken, tokens: 0, kind: .content), at: index)
        }
    }

    private mutating func playEndlessBody(_ requestID: RequestID) {
        var endless = reply
        endless.content = .stream([])
        var writer = ResponseScriptWriter(endless, client: client, latency: .none)
        let place = writer.writeHead()
        requestID.set(in: &writer.pending, at: place)
        var filler: [UInt8] = Array(repeating: UInt8(ascii: " "), count: 4_096)
        if let event = pieces.first(where: { $0.kind == .content }) {
            filler = Array(repeatElement(event.bytes, count: 16).joined())
        }
        pending = writer.pending
        flush()
        if writer.framing == .chunked { writeChunkSize(filler.count) }
        pending.writeBytes(filler)
        if writer.framing == .chunked { pending.writeStaticString("\r\n") }
        script.steps.append(.repeatForever(pending))
        pending.clear()
        script.ending = .close
    }

    /// The head at once, then the body in small parts; delays by token do not add to that.
    private mutating func dribble(_ count: Int, every interval: Duration) {
        flush()
        for index in pieces.indices { pieces[index].tokens = 0 }
        writeBody()
        var rest = pending
        pending = ByteBuffer()
        while let part = rest.readSlice(length: min(count, rest.readableBytes)), part.readableBytes > 0 {
            script.steps.append(.write(part))
            if rest.readableBytes > 0 { script.steps.append(.wait(interval)) }
        }
    }

    // MARK: - Parts

    private mutating func waitForFirstToken() {
        guard case .document = reply.content else { return wait(latency.firstToken) }
        wait(latency.firstToken + latency.perToken * pieces.reduce(0) { $0 + $1.tokens })
    }

    /// Writes the head; returns where the request id stands in `pending`.
    mutating func writeHead() -> Int {
        let length: WireHead.Framing = if case .length = framing { .length(pieces[0].bytes.count) } else { framing }
        return WireHead.write(reply, framing: length, closes: script.ending != .keepAlive, to: &pending)
    }

    mutating func writeBody() {
        for piece in pieces { write(piece) }
        writeEnd()
    }

    private mutating func write(_ piece: Piece) {
        if piece.kind != nil, piece.tokens > 0 { wait(latency.perToken * piece.tokens) }
        guard framing == .chunked else {
            pending.writeBytes(piece.bytes)
            return
        }
        writeChunkSize(piece.bytes.count)
        pending.writeBytes(piece.bytes)
        pending.writeStaticString("\r\n")
    }

    private mutating func writeEnd() {
        if framing == .chunked { pending.writeStaticString("0\r\n\r\n") }
    }

    private mutating func writeChunkSize(_ size: Int) {
        pending.writeString(String(size, radix: 16))
        pending.writeStaticString("\r\n")
    }

    private mutating func wait(_ duration: Duration) {
        guard duration > .zero else { return }
        flush()
        script.steps.append(.wait(duration))
    }

    private mutating func flush() {
        guard pending.readableBytes > 0 else { return }
        script.steps.append(.write(pending))
        pending = ByteBuffer()
    }
}
