internal import Aurelis
internal import AurelisSigning
internal import AurelisTransport

extension OpenAICompatibleProvider {
    /// A request as this provider wants it: signed, where it asks for that. Every attempt is signed anew.
    func signed(_ request: HTTPClientRequest) throws(ModelError) -> HTTPClientRequest {
        guard let signer = settings.signer else { return request }
        var request = request
        var message = SignableMessage(
            method: request.method,
            scheme: request.origin.scheme.rawValue,
            authority: request.origin.authority,
            target: request.target,
            fields: request.headers.map { ($0.name, $0.value) }
        )
        if let credential = request.credential {
            let value = credential.value.withBytes { String(decoding: $0, as: UTF8.self) }
            message.fields.append((credential.name, credential.scheme + value))
        }
        // The one field of the connection's that is known beforehand.
        if !request.body.isEmpty { message.fields.append(("content-length", "\(request.body.count)")) }
        do {
            let fields = try signer.fields(
                for: message,
                body: request.body,
                at: clock.secondsSinceEpoch,
                nonce: RequestNonce.next()
            )
            for (name, value) in fields { request.headers.append(name, value) }
        } catch {
            throw ModelError(
                .invalidRequest,
                "the request cannot be signed: \(error.message)",
                code: error.code.rawValue
            )
        }
        return request
    }
}

/// What makes each signature unlike every other: 128 random bits.
enum RequestNonce {
    static func next() -> String {
        var generator = SystemRandomNumberGenerator()
        return [generator.next(), generator.next()].map { word in
            let digits = String(word as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
