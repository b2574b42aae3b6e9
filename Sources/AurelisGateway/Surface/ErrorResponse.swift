internal import Aurelis
internal import AurelisServing

/// An error in the OpenAI shape, with the status by which OpenAI's clients choose their exception.
enum ErrorResponse {
    /// The answer to a request that failed on its way.
    static func make(_ error: ModelError, requestID: RequestID) -> Response {
        let (status, body) = OpenAIError.answer(to: error)
        var head = ResponseHead(status: status)
        head.requestID = requestID
        head.model = error.model
        head.provider = error.provider
        head.trace = error.trace
        head.retryAfter = error.retryAfter ?? (error.category == .overloaded ? .seconds(1) : nil)
        head.forbidsRetry = isFinal(error)
        if error.category == .authentication, let provider = error.provider {
            head.hint =
                "the credential the gateway uses for provider \(provider) was refused; the caller's own is not sent on"
        } else {
            head.hint = error.body == nil ? nil : error.hint
        }
        return Response(head: head, body: body)
    }

    /// The answer to a request that broke the protocol or found no room.
    static func make(_ failure: ProtocolFailure, requestID: RequestID) -> Response {
        var response = make(
            status: failure.status,
            message: failure.message,
            code: failure.code,
            requestID: requestID
        )
        if failure.status == 503 { response.head.retryAfter = .seconds(1) }
        return response
    }

    static func make(status: Int, message: String, code: String, requestID: RequestID) -> Response {
        Response(
            head: ResponseHead(status: status, requestID: requestID),
            body: OpenAIError.document(status: status, message: message, code: code)
        )
    }

    /// The event that tells a stream's reader that the rest will not come.
    static func event(_ error: ModelError) -> [UInt8] {
        Array("data: ".utf8) + OpenAIError.document(error) + Array("\n\n".utf8)
    }

    /// Failures that come back however often the client asks, although their status invites it to.
    private static func isFinal(_ error: ModelError) -> Bool {
        error.category == .quota || error.category == .retired || error.limit == .day
    }
}
