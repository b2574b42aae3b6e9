/// The way through a proxy: `CONNECT`, its answer, and then nothing more of the proxy's own (RFC 9110, 9.3.6).
struct ProxyTunnelStateMachine {
    enum Action: Equatable {
        case wait
        /// The tunnel is there: from now on the server speaks.
        case establish
        case fail(TransportError)
    }

    private enum State {
        case idle
        case awaitingHead([UInt8])
        case done
    }

    private let target: String
    private let proxy: ProxyServer
    private var state = State.idle

    /// A proxy that says more has nothing to do with the connection that was asked for.
    static let maximumHeadBytes = 16 * 1_024

    /// - Parameters:
    ///   - host: where the tunnel is to end.
    ///   - proxy: whom to ask for it.
    init(host: String, port: Int, through proxy: ProxyServer) {
        target = (host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host) + ":\(port)"
        self.proxy = proxy
    }

    /// The socket is connected to the proxy: what to send.
    mutating func connected(userAgent: String) -> [UInt8] {
        state = .awaitingHead([])
        var request = "CONNECT \(target) HTTP/1.1\r\nHost: \(target)\r\n"
        if let credentials = proxy.credentials { request += "Proxy-Authorization: \(credentials.field)\r\n" }
        request += "User-Agent: \(userAgent)\r\n\r\n"
        return Array(request.utf8)
    }

    /// Bytes came.
    mutating func received(_ bytes: some Sequence<UInt8>) -> Action {
        guard case .awaitingHead(var head) = state else { return .wait }
        state = .done
        head.append(contentsOf: bytes)
        while true {
            guard let end = Self.endOfHead(in: head) else {
                guard head.count <= Self.maximumHeadBytes else {
                    return .fail(error(.proxyInvalidAnswer, "answered with more than a connection needs"))
                }
                state = .awaitingHead(head)
                return .wait
            }
            guard let status = Self.status(in: head[..<end]) else {
                return .fail(error(.proxyInvalidAnswer, "answered with something that is not HTTP"))
            }
            guard status / 100 == 1 else { return outcome(status, isLast: end == head.endIndex) }
            head.removeSubrange(..<end)
        }
    }

    /// The proxy closed the connection, or it broke.
    mutating func closed() -> Action {
        defer { state = .done }
        guard case .awaitingHead = state else { return .wait }
        return .fail(error(.proxyClosed, "closed the connection instead of answering"))
    }

    private func outcome(_ status: Int, isLast: Bool) -> Action {
        switch status {
        case 200...299 where isLast:
            .establish
        case 200...299:
            // A server of TLS never speaks first: this would be the proxy's own.
            .fail(error(.proxyInvalidAnswer, "sent something behind its answer"))
        // Some answer wrong credentials as a server would; to this request only the proxy can have answered.
        case 401, 407:
            .fail(.refused(by: proxy))
        case 500...599:
            .fail(error(.proxyUnreachableTarget, "cannot reach the server; it answered with status \(status)"))
        default:
            .fail(error(.proxyRefused, "refuses to connect; it answered with status \(status)"))
        }
    }

    private func error(_ code: TransportError.Code, _ what: String) -> TransportError {
        TransportError(code, "The proxy \(proxy.name) \(what)")
    }

    /// Behind the empty line that ends a head.
    private static func endOfHead(in bytes: [UInt8]) -> Int? {
        var lineStart = 0
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
            let line = bytes[lineStart..<index]
            if lineStart > 0, line.isEmpty || line.elementsEqual([UInt8(ascii: "\r")]) { return index + 1 }
            lineStart = index + 1
        }
        return nil
    }

    private static func status(in head: ArraySlice<UInt8>) -> Int? {
        let line = String(decoding: head.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }, as: UTF8.self)
        let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0] == "HTTP/1.1" || parts[0] == "HTTP/1.0", parts[1].utf8.count == 3,
            let status = Int(parts[1]), (100...599) ~= status
        else { return nil }
        return status
    }
}
