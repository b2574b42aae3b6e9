#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Cuts a `text/event-stream` into events as its bytes arrive, wherever they are split.
///
///     var parser = ServerSentEventParser()
///     while let bytes = try await body.next() {
///         parser.append(bytes)
///         while let event = try parser.next() { ... }
///     }
///     if let cut = parser.finish() { ... }  // the stream ended inside an event
///
/// Lines end in LF, CRLF or CR. Blocks without a `data` line, such as the comments that keep a connection alive, are
/// no events and are skipped, as the standard says; comments inside an event stay in its `raw`. A byte order mark at
/// the start is skipped. After an error the parser gives no more events.
package struct ServerSentEventParser: Sendable {
    /// The most bytes one event may have, its line ends included.
    package let maximumEventBytes: Int

    private var buffer: [UInt8] = []
    /// Where the event that is being read starts.
    private var eventStart = 0
    /// Where the line that is being read starts.
    private var lineStart = 0
    /// Up to here there is no line end in that line.
    private var scanned = 0
    private var lastLineEnd = LineEnd.none
    /// The lines of the event so far, and where the first one ends: most events have only one.
    private var lineCount = 0
    private var firstLineEnd = 0
    private var isAtStreamStart = true
    /// Whether a block was skipped since somebody asked.
    private var hasSkipped = false
    private var isFailed = false

    private enum LineEnd {
        case none, lineFeed, carriageReturn, both
    }

    /// A parser at the start of a stream.
    package init(maximumEventBytes: Int = 1 << 20) {
        self.maximumEventBytes = maximumEventBytes
    }

    /// Adds bytes; `next` then gives the events that are complete.
    package mutating func append(_ bytes: [UInt8]) {
        if eventStart == buffer.count {
            buffer = bytes
        } else {
            buffer.removeFirst(eventStart)
            buffer.append(contentsOf: bytes)
        }
        lineStart -= eventStart
        firstLineEnd -= eventStart
        scanned -= eventStart
        eventStart = 0
    }

    /// The next complete event, or nil when more bytes are needed.
    ///
    /// Throws `.eventTooLarge` when the event that is being read has grown beyond the bound.
    package mutating func next() throws(TransportError) -> ServerSentEvent? {
        guard !isFailed else { throw tooLarge }
        guard skipByteOrderMark() else { return nil }
        while let end = findEventEnd() {
            let start = eventStart
            let onlyLineEnd = lineCount == 1 ? firstLineEnd : nil
            begin(at: end)
            guard end - start <= maximumEventBytes else { throw fail() }
            let found = onlyLineEnd.flatMap { event(from: start, to: end, lineEnd: $0) } ?? event(from: start, to: end)
            hasSkipped = found == nil
            if let found { return found }
        }
        guard buffer.count - eventStart <= maximumEventBytes else { throw fail() }
        return nil
    }

    /// Whether blocks that are no events, such as comments, have come since the last event, and since the last call.
    package mutating func takeSkipped() -> Bool {
        defer { hasSkipped = false }
        return hasSkipped
    }

    /// Ends the stream: the event that was cut off by its end, as far as it got, or nil when there is none.
    ///
    /// Whether the cut matters is for the caller to say: some servers leave out the last blank line.
    package mutating func finish() -> ServerSentEvent? {
        defer {
            buffer = []
            begin(at: 0)
        }
        guard !isFailed, eventStart < buffer.count else { return nil }
        return event(from: eventStart, to: buffer.count)
    }
}

// MARK: - Finding the end of an event

extension ServerSentEventParser {
    private mutating func begin(at offset: Int) {
        eventStart = offset
        lineStart = offset
        scanned = offset
        lastLineEnd = .none
        lineCount = 0
    }

    /// False while too little has arrived to tell.
    private mutating func skipByteOrderMark() -> Bool {
        guard isAtStreamStart else { return true }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        guard buffer.count >= mark.count || !mark.starts(with: buffer) else { return false }
        isAtStreamStart = false
        if buffer.starts(with: mark) { begin(at: mark.count) }
        return true
    }

    /// Where the event ends: behind its blank line. Goes on where the last call stopped.
    private mutating func findEventEnd() -> Int? {
        while let (lineEnd, kind, next) = findLineEnd() {
            let isBlank = lineEnd == lineStart
            lineStart = next
            scanned = next
            lastLineEnd = kind
            if isBlank { return next }
            if lineCount == 0 { firstLineEnd = lineEnd }
            lineCount += 1
        }
        return nil
    }

    private mutating func findLineEnd() -> (end: Int, kind: LineEnd, next: Int)? {
        guard let position = firstLineBreak(from: scanned) else {
            scanned = buffer.count
            return nil
        }
        guard buffer[position] == UInt8(ascii: "\r") else { return (position, .lineFeed, position + 1) }
        // A stream that ends its lines in CR alone must not wait for the byte behind the blank line's CR: that byte
        // comes with the next event. A line feed there would be one more blank line, which means nothing.
        if position == lineStart, lastLineEnd == .carriageReturn { return (position, .carriageReturn, position + 1) }
        guard position + 1 < buffer.count else {
            scanned = position
            return nil
        }
        guard buffer[position + 1] == UInt8(ascii: "\n") else { return (position, .carriageReturn, position + 1) }
        return (position, .both, position + 2)
    }

    /// The first CR or LF. Both searches are vectorised; the one for CR ends at the LF that was found.
    private func firstLineBreak(from start: Int) -> Int? {
        buffer.withUnsafeBytes { bytes -> Int? in
            guard start < bytes.count, let base = bytes.baseAddress else { return nil }
            let lineFeed = memchr(base + start, 0x0A, bytes.count - start).map { UnsafeRawPointer($0) - base }
            let end = lineFeed ?? bytes.count
            let carriageReturn = memchr(base + start, 0x0D, end - start).map { UnsafeRawPointer($0) - base }
            return carriageReturn ?? lineFeed
        }
    }

    private var tooLarge: TransportError {
        TransportError(
            .eventTooLarge,
            "A server-sent event is larger than \(maximumEventBytes) bytes.",
            requestMayHaveBeenProcessed: true
        )
    }

    private mutating func fail() -> TransportError {
        isFailed = true
        buffer = []
        begin(at: 0)
        return tooLarge
    }
}

// MARK: - Reading an event

extension ServerSentEventParser {
    /// The event in a block of one `data` line, which is what chat completions are streamed as; nil for another line.
    private func event(from start: Int, to end: Int, lineEnd: Int) -> ServerSentEvent? {
        buffer.withUnsafeBytes { bytes in
            guard lineEnd - start >= 5, let base = bytes.baseAddress, memcmp(base + start, "data:", 5) == 0 else {
                return nil
            }
            var valueStart = start + 5
            if valueStart < lineEnd, bytes[valueStart] == UInt8(ascii: " ") { valueStart += 1 }
            return ServerSentEvent(
                raw: Array(UnsafeRawBufferPointer(rebasing: bytes[start..<end])),
                data: Array(UnsafeRawBufferPointer(rebasing: bytes[valueStart..<lineEnd]))
            )
        }
    }

    /// The event in a block of lines; nil when it holds no data.
    private func event(from start: Int, to end: Int) -> ServerSentEvent? {
        buffer.withUnsafeBufferPointer { bytes in
            let block = bytes[start..<end]
            var data: [UInt8]?
            var event: String?
            var id: String?
            var rest = block
            while let line = ServerSentEventParser.popLine(&rest) {
                guard let (field, value) = ServerSentEventParser.split(line) else { continue }
                switch field {
                case .data:
                    data?.append(UInt8(ascii: "\n"))
                    if data == nil { data = Array(value) } else { data?.append(contentsOf: value) }
                case .event:
                    event = value.isEmpty ? nil : String(decoding: value, as: UTF8.self)
                case .id:
                    if !value.contains(0) { id = String(decoding: value, as: UTF8.self) }
                }
            }
            guard let data else { return nil }
            return ServerSentEvent(raw: Array(block), data: data, event: event, id: id)
        }
    }

    private typealias Bytes = Slice<UnsafeBufferPointer<UInt8>>

    private enum Field {
        case data, event, id
    }

    /// The next line without its end; nil when nothing is left.
    private static func popLine(_ rest: inout Bytes) -> Bytes? {
        guard !rest.isEmpty else { return nil }
        guard let end = rest.firstIndex(where: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) else {
            defer { rest = rest[rest.endIndex...] }
            return rest
        }
        let line = rest[..<end]
        var next = end + 1
        if rest[end] == UInt8(ascii: "\r"), next < rest.endIndex, rest[next] == UInt8(ascii: "\n") { next += 1 }
        rest = rest[next...]
        return line
    }

    /// A known field and its value, without the one space that may follow the colon. Comments and others are nil.
    private static func split(_ line: Bytes) -> (Field, Bytes)? {
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        let field: Field
        switch line[..<colon] {
        case let name where name.elementsEqual("data".utf8): field = .data
        case let name where name.elementsEqual("event".utf8): field = .event
        case let name where name.elementsEqual("id".utf8): field = .id
        default: return nil
        }
        var value = colon == line.endIndex ? line[colon...] : line[(colon + 1)...]
        if value.first == UInt8(ascii: " ") { value.removeFirst() }
        return (field, value)
    }
}
