internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Answers what no route answers in the shape that the data plane uses too.
struct ErrorsAsJSON<Context: RequestContext>: RouterMiddleware {
    // `@concurrent`: the protocol comes from a module where plain async functions leave the caller's actor.
    @concurrent
    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError {
            let message = error.status == .notFound ? "there is nothing at this path" : error.status.reasonPhrase
            let body =
                "{\"error\":{\"message\":\"\(message)\",\"type\":\"invalid_request_error\",\"param\":null,\"code\":null}}"
            return Response(
                status: error.status,
                headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: body))
            )
        }
    }
}
