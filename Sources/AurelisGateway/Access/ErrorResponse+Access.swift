internal import Aurelis

extension ErrorResponse {
    /// The answer to somebody who may not.
    static func make(_ refusal: AccessRefusal, requestID: RequestID) -> Response {
        var response = make(
            status: refusal.status,
            message: refusal.description,
            code: refusal.code,
            requestID: requestID
        )
        response.head.challenge = refusal.challenge
        if refusal.status == 503 { response.head.retryAfter = .seconds(1) }
        return response
    }
}
