import Aurelis
import AurelisTransport
import Testing

@testable import AurelisProviders

@Suite("Failures below HTTP")
struct TransportErrorTests {
    @Test(
        "each has a category",
        arguments: [
            (TransportError.Code.dnsFailure, ModelError.Category.connection), (.connectionRefused, .connection),
            (.connectionFailed, .connection), (.connectTimeout, .connection), (.tlsFailure, .connection),
            (.closedBeforeHead, .connection), (.closedMidBody, .connection), (.connectionReset, .connection),
            (.firstByteTimeout, .timeout), (.idleTimeout, .timeout), (.totalTimeout, .timeout),
            (.poolExhausted, .overloaded), (.poolTimeout, .overloaded), (.shutdown, .overloaded),
            (.certificateUntrusted, .security), (TransportError.Code(rawValue: "pin_mismatch"), .security),
            (.invalidURL, .invalidRequest), (.invalidRequest, .invalidRequest), (.cancelled, .cancelled),
            (.bodyTooLarge, .upstream), (.headersTooLarge, .upstream), (.eventTooLarge, .upstream),
            (.invalidResponse, .upstream), (.decompressionFailed, .upstream),
            (TransportError.Code(rawValue: "something_new"), .connection),
        ]
    )
    func categories(_ code: TransportError.Code, _ category: ModelError.Category) {
        let error = ModelError(TransportError(code, "words"))
        #expect(error.category == category)
        #expect(error.status == nil)
        #expect(error.code != nil)
    }

    @Test("a stream that goes silent has stalled")
    func stalled() {
        let error = ModelError(ofStream: TransportError(.idleTimeout, "words"))
        #expect(error.category == .timeout)
        #expect(error.code == "stalled")
        #expect(ModelError(ofStream: TransportError(.closedMidBody, "words")).code == "closed_mid_body")
    }
}
