import Aurelis
import NIOCore
import Testing

@testable import AurelisGateway

@Suite("Wire formats")
struct WireFormatTests {
    @Test(
        "dates are written as RFC 9110 wants them",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_399, "Mon, 28 Feb 2000 23:59:59 GMT"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"), (4_102_444_800, "Fri, 01 Jan 2100 00:00:00 GMT"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        ]
    )
    func date(seconds: Int, text: String) {
        #expect(String(decoding: StaticDate(secondsSince1970: seconds).bytes, as: UTF8.self) == text)
    }

    @Test("a date is made anew when the second changes")
    func dateCache() {
        var date = HTTPDate()
        #expect(date.at(59) == StaticDate(secondsSince1970: 59))
        #expect(date.at(59) == StaticDate(secondsSince1970: 59))
        #expect(date.at(60) == StaticDate(secondsSince1970: 60))
    }

    @Test("events become one chunk", arguments: [1, 15, 16, 255, 256, 4_095, 70_000])
    func chunk(length: Int) {
        var chunk = EventChunk(isChunked: true, allocator: ByteBufferAllocator())
        for _ in 0..<3 {
            #expect(chunk.isEmpty)
            chunk.append([UInt8](repeating: 0x61, count: length - 1))
            chunk.append("b")
            #expect(chunk.count == length)
            let expected = String(length, radix: 16) + "\r\n" + String(repeating: "a", count: length - 1) + "b\r\n"
            #expect(String(buffer: chunk.take()) == expected)
        }
    }

    @Test("without chunked coding events are only gathered")
    func bareChunk() {
        var chunk = EventChunk(isChunked: false, allocator: ByteBufferAllocator())
        chunk.append(Array("ab".utf8))
        chunk.append("c")
        #expect(String(buffer: chunk.take()) == "abc")
        #expect(chunk.isEmpty)
    }

    @Test("numbers are written in decimal", arguments: [0, 7, 10, 99, 100, 1_117, 20_971_520, .max])
    func decimal(number: Int) {
        var head = HeadBytes()
        head.decimal(number)
        #expect(String(decoding: head.bytes, as: UTF8.self) == "\(number)")
    }

    @Test("a route is its attempts, cut at its bound")
    func route() {
        var trace = RouteTrace()
        #expect(Self.field(trace) == "none")
        trace.attempts.append(.init(model: .codestral2501, provider: "a", failure: .rateLimit, duration: .zero))
        trace.attempts.append(.init(model: .gpt4o, provider: "b", duration: .zero))
        #expect(Self.field(trace) == "codestral-2501:rate_limit>gpt-4o:ok")
        trace.attempts = Array(repeating: trace.attempts[0], count: 100)
        let field = Self.field(trace)
        #expect(field.hasSuffix(":rate_limit>..."))
        #expect(field.utf8.count <= ResponseHead.maximumFieldLength)
        trace.attempts = [.init(model: ModelID(String(repeating: "m", count: 600)), provider: "a", duration: .zero)]
        #expect(Self.field(trace) == "...")
        trace.attempts = [.init(model: "a\r\nb", provider: "a", duration: .zero)]
        #expect(Self.field(trace) == "a??b:ok")
    }

    private static func field(_ trace: RouteTrace) -> String {
        var head = HeadBytes()
        RouteField.write(trace, to: &head)
        return String(decoding: head.bytes, as: UTF8.self)
    }
}
