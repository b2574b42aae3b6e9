import NIOCore
import Testing

@testable import AurelisRedis

@Suite("RESP parser")
struct RESPParserTests {
    private static let cases: [(wire: String, value: RESPValue)] = [
        ("+OK\r\n", .simple("OK")),
        ("+\r\n", .simple("")),
        ("-WRONGTYPE bad key\r\n", .error(RESPErrorReply("WRONGTYPE bad key"))),
        (":0\r\n", .integer(0)),
        (":-9223372036854775808\r\n", .integer(.min)),
        (":+9223372036854775807\r\n", .integer(.max)),
        ("$5\r\nhello\r\n", .bulk(Array("hello".utf8))),
        ("$4\r\n\r\n\r\n\r\n", .bulk(Array("\r\n\r\n".utf8))),
        ("$0\r\n\r\n", .bulk([])),
        ("$-1\r\n", .null),
        ("*-1\r\n", .null),
        ("_\r\n", .null),
        ("*0\r\n", .array([])),
        ("*3\r\n:1\r\n$-1\r\n*1\r\n+x\r\n", .array([.integer(1), .null, .array([.simple("x")])])),
        ("#t\r\n", .boolean(true)),
        ("#f\r\n", .boolean(false)),
        (",1.5\r\n", .double(1.5)),
        (",-inf\r\n", .double(-.infinity)),
        (",1e-3\r\n", .double(0.001)),
        (
            "(-3492890328409238509324850943850943825024385\r\n",
            .bigNumber("-3492890328409238509324850943850943825024385")
        ),
        ("!9\r\nERR a\r\nbc\r\n", .error(RESPErrorReply("ERR a\r\nbc"))),
        ("=8\r\ntxt:some\r\n", .verbatim(format: "txt", Array("some".utf8))),
        (
            "%2\r\n+a\r\n:1\r\n+b\r\n%0\r\n",
            .map([
                RESPMapEntry(key: .simple("a"), value: .integer(1)), RESPMapEntry(key: .simple("b"), value: .map([])),
            ])
        ),
        ("~2\r\n:1\r\n:2\r\n", .set([.integer(1), .integer(2)])),
        (">2\r\n+message\r\n+x\r\n", .push([.simple("message"), .simple("x")])),
        ("|1\r\n+ttl\r\n:5\r\n+v\r\n", .simple("v")),
        ("|0\r\n+v\r\n", .simple("v")),
        ("*2\r\n|1\r\n+a\r\n*1\r\n:1\r\n:7\r\n:8\r\n", .array([.integer(7), .integer(8)])),
    ]

    private static let malformed: [(wire: String, error: RESPParseError)] = [
        ("HTTP/1.1 400 Bad Request\r\n", .unknownType),
        ("\r\n", .lineBreak),
        (":12a\r\n", .number),
        (":\r\n", .number),
        (":-\r\n", .number),
        (":9223372036854775808\r\n", .number),
        (":/\r\n", .number),
        (",one\r\n", .number),
        ("(12x\r\n", .number),
        ("(--1\r\n", .number),
        ("(\r\n", .number),
        ("#x\r\n", .boolean),
        ("#\r\n", .boolean),
        ("_1\r\n", .length),
        ("$-2\r\n", .length),
        ("!-1\r\n", .length),
        ("=-1\r\n", .length),
        ("=3\r\ntxt\r\n", .verbatim),
        ("=5\r\ntextx\r\n", .verbatim),
        ("=5\r\nt\u{E9}:x\r\n", .verbatim),
        ("$3\r\nabcde", .lineBreak),
        ("+OK\n", .lineBreak),
        ("$?\r\n", .number),
        ("*-2\r\n", .length),
        ("~-1\r\n", .length),
        ("$67108865\r\n", .tooLarge),
        ("*1048577\r\n", .tooLarge),
        ("%9223372036854775807\r\n", .tooLarge),
        ("*2\r\n*1048570\r\n*7\r\n", .tooLarge),
        ("%600000\r\n", .tooLarge),
        ("*1\r\n>1\r\n+x\r\n", .nestedPush),
        (String(repeating: "*1\r\n", count: 17), .tooDeep),
        (String(repeating: "|1\r\n+k\r\n", count: 17), .tooDeep),
    ]

    private func parse(_ chunks: [ArraySlice<UInt8>]) throws(RESPParseError) -> [RESPValue] {
        var parser = RESPParser()
        var values: [RESPValue] = []
        for chunk in chunks {
            var buffer = ByteBuffer(bytes: chunk)
            parser.append(&buffer)
            while let value = try parser.next() { values.append(value) }
        }
        return values
    }

    @Test("every reply type is read", arguments: cases)
    func types(wire: String, value: RESPValue) throws {
        #expect(try parse([Array(wire.utf8)[...]]) == [value])
    }

    @Test("replies are the same at every split point, and byte by byte")
    func splits() throws {
        let wire = Self.cases.flatMap { Array($0.wire.utf8) }
        let values = Self.cases.map(\.value)
        for split in 0...wire.count {
            #expect(try parse([wire[..<split], wire[split...]]) == values, "split at \(split)")
        }
        #expect(try parse(wire.indices.map { wire[$0...$0] }) == values)
    }

    @Test("nothing complete means nothing yet", arguments: cases)
    func incomplete(wire: String, value: RESPValue) throws {
        #expect(try parse([Array(wire.utf8).dropLast()]).isEmpty)
    }

    @Test("malformed bytes are an error, which stays", arguments: malformed)
    func errors(wire: String, error: RESPParseError) {
        var parser = RESPParser()
        var buffer = ByteBuffer(string: wire)
        parser.append(&buffer)
        #expect(throws: error) { while try parser.next() != nil {} }
        buffer = ByteBuffer(string: "+OK\r\n")
        parser.append(&buffer)
        #expect(throws: error) { try parser.next() }
    }

    @Test("nesting up to the bound is read")
    func deepest() throws {
        let wire = String(repeating: "*1\r\n", count: 16) + ":1\r\n"
        #expect(try parse([Array(wire.utf8)[...]]).count == 1)
    }

    @Test("an endless line, and a reply of too many bytes in all, are refused early")
    func sizes() throws {
        var limits = RESPParser.Limits()
        limits.replyBytes = 1_000
        limits.lineBytes = 100
        var parser = RESPParser(limits: limits)
        var line = ByteBuffer(string: "+" + String(repeating: "x", count: 101))
        parser.append(&line)
        #expect(throws: RESPParseError.lineTooLong) { try parser.next() }
        parser = RESPParser(limits: limits)
        var reply = ByteBuffer(string: "*2\r\n$600\r\n" + String(repeating: "x", count: 600) + "\r\n$600\r\n")
        parser.append(&reply)
        #expect(throws: RESPParseError.tooLarge) { try parser.next() }
    }

    @Test("limits count for each reply, not for the connection")
    func limitsPerReply() throws {
        var limits = RESPParser.Limits()
        limits.elements = 3
        limits.replyBytes = 40
        var parser = RESPParser(limits: limits)
        for _ in 0..<10 {
            var buffer = ByteBuffer(string: "*2\r\n:1\r\n:2\r\n")
            parser.append(&buffer)
            #expect(try parser.next() == .array([.integer(1), .integer(2)]))
        }
    }

    @Test("generated values come back from the wire, in pieces of any size", arguments: 0..<20 as Range<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let values = (0..<40).map { _ in RESPValue.random(depth: 4, using: &generator) }
        let wire = values.flatMap(\.wire)
        var chunks: [ArraySlice<UInt8>] = []
        var rest = wire[...]
        while !rest.isEmpty {
            let size = min(rest.count, Int.random(in: 1...60, using: &generator))
            chunks.append(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        #expect(try parse(chunks) == values)
    }

    @Test("random and damaged bytes give values or an error", arguments: 0..<20 as Range<UInt64>)
    func fuzz(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let alphabet = Array("+-:$*_#,(!=%~>|\r\n\r\n0123459tf?.".utf8)
        var failures = 0
        for round in 0..<400 {
            var wire: [UInt8]
            if round.isMultiple(of: 2) {
                wire = (0..<80).map { _ in alphabet[Int.random(in: alphabet.indices, using: &generator)] }
            } else {
                wire = RESPValue.random(depth: 4, using: &generator).wire
                for _ in 0..<3 {
                    wire[Int.random(in: wire.indices, using: &generator)] = .random(in: 0...255, using: &generator)
                }
            }
            let split = Int.random(in: 0...wire.count, using: &generator)
            do throws(RESPParseError) { _ = try parse([wire[..<split], wire[split...]]) } catch { failures += 1 }
        }
        #expect(failures > 100)
    }
}
