import AurelisTransport

extension FuzzTarget {
    /// Events are the same however the stream is cut, and the same as those of a reader written from the standard.
    static let serverSentEvents = FuzzTarget("server-sent-events") { bytes in
        let whole = read([bytes], maximum: 1 << 20)
        for pieces in Splits.ways(of: bytes) {
            try holds(read(pieces, maximum: 1 << 20) == whole, "other events come out of pieces")
        }
        try compare(whole, bytes)
        let bounded = read([bytes], maximum: 48)
        try holds(bounded.events.allSatisfy { $0.raw.count <= 48 }, "an event is larger than the bound")
        for pieces in Splits.ways(of: bytes) {
            try holds(read(pieces, maximum: 48) == bounded, "the bound holds otherwise for pieces")
        }
    }

    private struct Stream: Equatable {
        var events: [ServerSentEvent] = []
        var rest: ServerSentEvent?
        var isRefused = false
    }

    private static func read(_ pieces: [[UInt8]], maximum: Int) -> Stream {
        var parser = ServerSentEventParser(maximumEventBytes: maximum)
        var stream = Stream()
        do {
            for piece in pieces {
                parser.append(piece)
                while let event = try parser.next() { stream.events.append(event) }
            }
            stream.rest = parser.finish()
        } catch {
            stream.isRefused = true
        }
        return stream
    }

    private static func compare(_ stream: Stream, _ bytes: [UInt8]) throws {
        let expected = StandardEvents(bytes).events
        var events = stream.events
        // Whether a CR at the end of what has come is a line end, only the next byte tells; the end of the stream does too.
        if bytes.last == 0x0D, events.count < expected.count, let rest = stream.rest { events.append(rest) }
        try holds(events.map(\.data) == expected.map(\.data), "the standard reads other data")
        try holds(events.map(\.event) == expected.map(\.event), "the standard reads other types")
        var rest = bytes[...]
        for event in stream.events {
            guard let range = rest.firstRange(of: event.raw) else {
                throw FuzzFinding(description: "an event's bytes are not the stream's")
            }
            rest = rest[range.upperBound...]
        }
    }
}

/// Reads a whole stream as the standard describes it, line by line.
private struct StandardEvents {
    struct Event {
        var data: [UInt8]
        var event: String?
    }

    private(set) var events: [Event] = []
    private var data: [[UInt8]] = []
    private var type: [UInt8] = []

    init(_ bytes: [UInt8]) {
        var bytes = bytes[...]
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        var line: [UInt8] = []
        while let byte = bytes.popFirst() {
            guard byte == 0x0A || byte == 0x0D else {
                line.append(byte)
                continue
            }
            if byte == 0x0D, bytes.first == 0x0A { bytes = bytes.dropFirst() }
            take(line)
            line = []
        }
    }

    private mutating func take(_ line: [UInt8]) {
        guard !line.isEmpty else {
            if !data.isEmpty {
                let type = type.isEmpty ? nil : String(decoding: type, as: UTF8.self)
                events.append(Event(data: Array(data.joined(separator: [0x0A])), event: type))
            }
            data = []
            type = []
            return
        }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.count
        var value = line.dropFirst(colon + 1)
        if value.first == 0x20 { value = value.dropFirst() }
        switch String(decoding: line[..<colon], as: UTF8.self) {
        case "data": data.append(Array(value))
        case "event": type = Array(value)
        default: break
        }
    }
}
