import NIOCore
import Testing

@testable import AurelisTransport

@Suite("Confidential header fields")
struct ConfidentialFieldTests {
    private final class Value: ConfidentialValue {
        let text: [UInt8]

        init(_ text: String) { self.text = Array(text.utf8) }

        func withBytes<Result, Failure: Error>(
            _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
        ) throws(Failure) -> Result {
            let room = UnsafeMutableRawBufferPointer.allocate(byteCount: text.count, alignment: 1)
            defer { room.deallocate() }
            room.copyBytes(from: text)
            return try body(UnsafeRawBufferPointer(room))
        }
    }

    private func encode(
        _ value: String,
        name: String = "authorization",
        scheme: String = "Bearer ",
        body: String = "abc"
    ) throws -> EncodedRequest {
        let request = HTTPClientRequest(
            method: "POST",
            origin: HTTPOrigin(scheme: .https, host: "api.example.com"),
            target: "/v1",
            credential: ConfidentialField(name: name, scheme: scheme, value: Value(value)),
            body: Array(body.utf8)
        )
        return try EncodedRequest(request, userAgent: "Aurelis/1")
    }

    @Test("the field is the last of the head, whatever the body's size", arguments: [0, 3, 70_000])
    func form(size: Int) throws {
        let request = try encode("s3cret", body: String(repeating: "x", count: size))
        // With the request the credential goes.
        let text = withExtendedLifetime(request) { String(buffer: request.start) }
        #expect(text.contains("\r\nauthorization: Bearer s3cret\r\n\r\n"))
    }

    @Test("no value breaks the framing or stands in an error; a field of the client's own is refused")
    func refusals() throws {
        #expect { try encode("secret\r\nX-A: b") } throws: { !"\($0)".contains("secret") }
        #expect(throws: TransportError.self) { try encode("secret", name: "host") }
        #expect(throws: TransportError.self) { try encode("secret", name: "a b") }
        #expect(throws: TransportError.self) { try encode("secret", scheme: "a\n") }
    }

    @Test("it is wiped when nobody needs the request any more, and not before")
    func wiping() throws {
        var request: EncodedRequest? = try encode("s3cret-value")
        let buffer = try #require(request).start
        let copy = request
        request = nil
        #expect(String(buffer: buffer).contains("s3cret-value"))
        #expect(copy != nil)
        withExtendedLifetime(copy) {}
    }

    @Test("the bytes of a request that is over hold zeros where the credential was")
    func wiped() throws {
        func written() throws -> ByteBuffer { try encode("s3cret-value").start }
        let text = String(buffer: try written())
        #expect(!text.contains("s3cret-value"))
        #expect(text.contains("Bearer \0\0\0\0"))
        #expect(text.hasSuffix("\r\n\r\nabc"))
    }
}
