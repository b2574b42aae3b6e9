internal import AurelisSigning
internal import Logging
internal import NIOHTTP1

extension HTTPConnectionHandler {
    /// Keeps what the signature of a request may be over, if anybody will look at it.
    func keepForSignature(_ head: HTTPRequestHead) {
        guard loop.server.signatures() != nil else {
            signable = nil
            return
        }
        let isSecure = loop.server.isSecure
        signable = SignableMessage(
            method: head.method.rawValue,
            scheme: isSecure ? "https" : "http",
            authority: Self.authority(head.headers.first(name: "host") ?? "", defaultPort: isSecure ? ":443" : ":80"),
            target: Self.originForm(head.uri),
            fields: head.headers.map { ($0.name, $0.value) }
        )
    }

    /// Whether the request at hand is answered only after its signature was looked at.
    var expectsSignature: Bool {
        guard let signable, let signatures = loop.server.signatures() else { return false }
        return signatures.isRequired || MessageVerifier.isSigned(signable)
    }

    /// The answer to a request whose signature is not accepted. Whether the gateway lives is told to everybody.
    func refusalOfSignature() -> Response? {
        guard let message = signable.take(), endpoint != .live, endpoint != .ready,
            let signatures = loop.server.signatures(), signatures.isRequired || MessageVerifier.isSigned(message)
        else { return nil }
        do throws(SignatureRefusal) {
            let verified = try signatures.verifier.verify(message, body: body, at: signatures.now())
            logger.debug(
                "a request's signature is good",
                metadata: ["request": "\(requestID)", "key": "\(verified.keyID)"]
            )
            return nil
        } catch {
            logger.notice(
                "a request's signature is not accepted",
                metadata: ["request": "\(requestID)", "code": "\(error.code.rawValue)", "reason": "\(error.message)"]
            )
            note(error)
            let isOverload = error.code == .overloaded
            var response = ErrorResponse.make(
                status: isOverload ? 503 : 401,
                message: error.code == .missing ? error.message : "the signature is not accepted: \(error.message)",
                code: error.code.rawValue,
                requestID: requestID
            )
            if isOverload { response.head.retryAfter = .seconds(1) }
            return response
        }
    }

    private static func authority(_ host: String, defaultPort: String) -> String {
        let host = host.lowercased()
        return host.hasSuffix(defaultPort) ? String(host.dropLast(defaultPort.count)) : host
    }

    /// Path and query of a target that may be a whole URL.
    private static func originForm(_ target: String) -> String {
        guard !target.hasPrefix("/"), let scheme = target.firstRange(of: "://") else { return target }
        let rest = target[scheme.upperBound...]
        guard let start = rest.firstIndex(where: { $0 == "/" || $0 == "?" }) else { return "/" }
        return (rest[start] == "?" ? "/" : "") + String(rest[start...])
    }
}
