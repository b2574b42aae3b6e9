import Testing

@testable import AurelisTransport

@Suite("Server-sent events")
struct ServerSentEventParserTests {
    private func events(_ text: String, chunk: Int = .max) throws -> (events: [ServerSentEvent], rest: ServerSentEvent?)
    {
        var parser = ServerSentEventParser()
        var events: [ServerSentEvent] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            parser.append(Array(rest.prefix(chunk)))
            rest = rest.dropFirst(chunk)
            while let event = try parser.next() { events.append(event) }
        }
        return (events, parser.finish())
    }

    private func data(_ text: String) throws -> [String] {
        try events(text).events.map { String(decoding: $0.data, as: UTF8.self) }
    }

    @Test(
        "reads lines as the standard says",
        arguments: [
            ("data: {\"a\":1}\n\n", ["{\"a\":1}"]),
            ("data:x\n\ndata: y\n\n", ["x", "y"]),
            ("data: a\ndata: b\n\n", ["a\nb"]),
            ("data: a\r\ndata: b\r\n\r\n", ["a\nb"]),
            ("data: a\rdata: b\r\r", ["a\nb"]),
            ("data:  two spaces\n\n", [" two spaces"]),
            ("data\n\n", [""]),
            ("data:\ndata:\n\n", ["\n"]),
            (": a comment\n\ndata: x\n\n", ["x"]),
            ("\n\n\ndata: x\n\n\n\n", ["x"]),
            ("event: ping\n\n", []),
            ("data: x\nretry: 10\nunknown: y\n\n", ["x"]),
            ("dataset: x\n\n", []),
            ("\u{FEFF}data: x\n\n", ["x"]),
            ("data: x\n", []),
            ("", []),
        ]
    )
    func lines(stream: String, expected: [String]) throws {
        #expect(try data(stream) == expected)
    }

    @Test("keeps the exact bytes of each event, and its name and id")
    func raw() throws {
        let first = "event: delta\r\nid: 7\r\n: note\r\ndata: x\r\n\r\n"
        let second = "data: y\n\n"
        let found = try events(": hello\n\n" + first + second).events
        #expect(found.map { String(decoding: $0.raw, as: UTF8.self) } == [first, second])
        #expect(found.first?.event == "delta")
        #expect(found.first?.id == "7")
        #expect(found.last?.event == nil)
        #expect(found.last?.id == nil)
    }

    @Test("an id with a null character is ignored")
    func nullID() throws {
        #expect(try events("id: a\0b\ndata: x\n\n").events.first?.id == nil)
    }

    @Test(
        "a stream that ends inside an event tells what was left",
        arguments: [
            ("data: x\n\ndata: [DONE]", "[DONE]"), ("data: [DONE]\n", "[DONE]"), ("data: x\n\n", nil),
            ("data: x\r\n\r", "x"), ("data: x\r\r", nil), (": note", nil),
        ]
    )
    func finish(stream: String, left: String?) throws {
        #expect(try events(stream).rest.map { String(decoding: $0.data, as: UTF8.self) } == left)
    }

    @Test("gives the event at the blank line's CR, without waiting for the next byte")
    func carriageReturns() throws {
        var parser = ServerSentEventParser()
        parser.append(Array("data: x\r\r".utf8))
        #expect(try parser.next()?.data == Array("x".utf8))
    }

    @Test("an event beyond the bound is an error, complete or not", arguments: [true, false])
    func bound(isComplete: Bool) throws {
        var parser = ServerSentEventParser(maximumEventBytes: 100)
        parser.append(Array("data: ok\n\ndata: ".utf8) + [UInt8](repeating: 0x61, count: 100))
        if isComplete { parser.append(Array("\n\n".utf8)) }
        #expect(try parser.next()?.data == Array("ok".utf8))
        #expect { try parser.next() } throws: { ($0 as? TransportError)?.code == .eventTooLarge }
        parser.append(Array("data: more\n\n".utf8))
        #expect { try parser.next() } throws: { ($0 as? TransportError)?.code == .eventTooLarge }
    }

    @Test("the events do not depend on where the stream is split")
    func splits() throws {
        let stream =
            "\u{FEFF}: hi\n\ndata: {\"a\":1}\n\nevent: e\r\nid: 1\r\ndata: b\r\ndata: c\r\n\r\ndata: d\r\revent: f\rdata: g\r\r\ndata: h\n\n"
        let whole = try events(stream)
        #expect(whole.events.count == 5)
        let bytes = Array(stream.utf8)
        for split in 0...bytes.count {
            var parser = ServerSentEventParser()
            var found: [ServerSentEvent] = []
            for part in [bytes[..<split], bytes[split...]] {
                parser.append(Array(part))
                while let event = try parser.next() { found.append(event) }
            }
            #expect(found == whole.events, "split at \(split)")
        }
        for chunk in 1...7 {
            #expect(try events(stream, chunk: chunk).events == whole.events, "chunks of \(chunk)")
        }
    }

    @Test("random streams give the same events however they are split", arguments: 0..<20 as Range<UInt64>)
    func fuzz(seed: UInt64) throws {
        let pieces = ["data", "event", "id", ":", " ", "\n", "\r", "\r\n", "\n\n", "x", "data: y\n\n", "\u{FEFF}", "é"]
        var random = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            let count = Int.random(in: 0..<60, using: &random)
            let stream = (0..<count).compactMap { _ in pieces.randomElement(using: &random) }.joined()
            let whole = try events(stream)
            let raws = whole.events.flatMap(\.raw)
            #expect(raws.count <= stream.utf8.count)
            for chunk in [1, 2, 3, 5, 16] {
                let split = try events(stream, chunk: chunk)
                #expect(split.events == whole.events, "\(stream.debugDescription) in chunks of \(chunk)")
                #expect(split.rest == whole.rest, "\(stream.debugDescription) in chunks of \(chunk)")
            }
        }
    }
}
