import NIOCore
import Testing

@testable import AurelisRedis

@Suite("Commands")
struct RedisCommandTests {
    @Test("a command is an array of bulk strings, binary safe")
    func encoding() {
        var buffer = ByteBuffer()
        let binary = RedisArgument([0, 13, 10, 255])
        RedisCommand("SET", key: "schlüssel", binary, "PX", 12_345_678_901).encode(into: &buffer)
        let expected =
            Array("*5\r\n$3\r\nSET\r\n$10\r\nschlüssel\r\n$4\r\n".utf8) + [0, 13, 10, 255]
            + Array("\r\n$2\r\nPX\r\n$11\r\n12345678901\r\n".utf8)
        #expect(Array(buffer: buffer) == expected)
    }

    @Test("what is encoded parses as what was meant, and keeps the size bound", arguments: [0, 9, 10, 100, 70_000])
    func roundTrip(size: Int) throws {
        let command = RedisCommand("X", [RedisArgument([UInt8](repeating: 7, count: size)), ""])
        var buffer = ByteBuffer()
        command.encode(into: &buffer)
        #expect(buffer.readableBytes <= command.encodedSizeBound)
        var parser = RESPParser()
        parser.append(&buffer)
        #expect(try parser.next() == .array(command.arguments.map { .bulk($0.bytes) }))
    }

    @Test("arguments show in no description")
    func redaction() {
        let command = RedisCommand("AUTH", "app", "hunter2")
        var dumped = ""
        dump(command, to: &dumped)
        #expect(!"\(command) \(String(reflecting: command)) \(dumped)".contains("hunter2"))
    }
}
