import Testing

@testable import AurelisGateway

@Suite("Gateway: calls that come again")
struct RepeatedCallsTests {
    @Test("bodies are equal when every byte is", arguments: [0, 1, 7, 8, 9, 16, 1_023])
    func equality(count: Int) {
        let body = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        #expect(RepeatedCalls.areEqual(body, Array(body)))
        #expect(!RepeatedCalls.areEqual(body, body + [0]))
        for index in body.indices {
            var other = body
            other[index] ^= 1
            #expect(!RepeatedCalls.areEqual(body, other))
        }
    }
}
