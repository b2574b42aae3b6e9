import Testing

@testable import AurelisTransport

@Suite("The way through a proxy")
struct ProxyTunnelStateMachineTests {
    private typealias Machine = ProxyTunnelStateMachine

    private func machine(credentials: ProxyCredentials? = nil) -> ProxyTunnelStateMachine {
        var machine = ProxyTunnelStateMachine(
            host: "api.test",
            port: 443,
            through: ProxyServer(host: "proxy", port: 3_128, credentials: credentials)
        )
        _ = machine.connected(userAgent: "Aurelis/1")
        return machine
    }

    private func code(_ action: ProxyTunnelStateMachine.Action) -> TransportError.Code? {
        if case .fail(let error) = action { error.code } else { nil }
    }

    @Test("the request names the server, and the user when there is one")
    func request() {
        var machine = ProxyTunnelStateMachine(
            host: "2001:db8::1",
            port: 8_443,
            through: ProxyServer(host: "proxy", port: 1, credentials: .init(user: "u", password: "p"))
        )
        #expect(
            String(decoding: machine.connected(userAgent: "Aurelis/1"), as: UTF8.self) == """
                CONNECT [2001:db8::1]:8443 HTTP/1.1\r
                Host: [2001:db8::1]:8443\r
                Proxy-Authorization: Basic dTpw\r
                User-Agent: Aurelis/1\r
                \r

                """
        )
    }

    @Test(
        "an answer means the same however it is cut",
        arguments: [
            ("HTTP/1.1 200 Connection established\r\n\r\n", nil),
            ("HTTP/1.0 204\r\nA: b\r\n\r\n", nil),
            ("HTTP/1.1 200 OK\nA: b\n\n", nil),
            ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", nil),
            ("HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\n\r\n", .proxyAuthentication),
            ("HTTP/1.1 401 Unauthorized\r\n\r\n", .proxyAuthentication),
            ("HTTP/1.1 504 Late\r\n\r\n", .proxyUnreachableTarget),
            ("HTTP/2 200\r\n\r\n", .proxyInvalidAnswer), ("HTTP/1.1 99 x\r\n\r\n", .proxyInvalidAnswer),
            ("HTTP/1.1 +20 x\r\n\r\n", .proxyInvalidAnswer), ("\r\n\r\n", .proxyInvalidAnswer),
        ] as [(String, TransportError.Code?)]
    )
    func cuts(answer: String, failure: TransportError.Code?) {
        let bytes = Array(answer.utf8)
        for size in [1, 2, 3, 7, bytes.count] {
            var machine = machine()
            var last = ProxyTunnelStateMachine.Action.wait
            for start in stride(from: 0, to: bytes.count, by: size) where last == .wait {
                last = machine.received(bytes[start..<min(start + size, bytes.count)])
            }
            if let failure { #expect(code(last) == failure) } else { #expect(last == .establish) }
        }
    }

    @Test("an answer without end fails at its bound, and nothing that comes later changes the outcome")
    func bound() {
        var machine = machine()
        var received = 0
        var action = ProxyTunnelStateMachine.Action.wait
        while action == .wait {
            action = machine.received(Array(repeating: UInt8(ascii: "a"), count: 512))
            received += 512
        }
        #expect(code(action) == .proxyInvalidAnswer)
        #expect(received <= Machine.maximumHeadBytes + 512)
        #expect(machine.received(Array("HTTP/1.1 200 OK\r\n\r\n".utf8)) == .wait)
        #expect(machine.closed() == .wait)
    }

    @Test("closing fails a tunnel that is not there yet, and is nothing to one that is")
    func closed() {
        var early = machine()
        #expect(code(early.closed()) == .proxyClosed)
        var open = machine()
        #expect(open.received(Array("HTTP/1.1 200 OK\r\n\r\n".utf8)) == .establish)
        #expect(open.closed() == .wait)
    }

    @Test("whatever a proxy sends ends in a decision or within the bound", arguments: 0..<200 as Range<UInt64>)
    func fuzz(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var machine = machine()
        let alphabet = Array("HTTP/1.0 2\r\n: x407".utf8)
        for _ in 0..<2_000 {
            let count = Int.random(in: 1...64, using: &generator)
            let bytes = (0..<count).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
            guard machine.received(bytes) == .wait else { return }
        }
        Issue.record("no decision")
    }
}
