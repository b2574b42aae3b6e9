internal import AurelisJSON
internal import HTTPTypes
internal import Hummingbird

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
            var json = JSONWriter()
            json.beginObject()
            json.key("error")
            json.beginObject()
            json.field("message", error.body ?? Self.message(for: error.status))
            json.field("type", error.status.code < 500 ? "invalid_request_error" : "server_error")
            json.key("param")
            json.null()
            json.key("code")
            json.null()
            json.endObject()
            json.endObject()
            return Response(status: error.status, json: json)
        }
    }

    private static func message(for status: HTTPResponse.Status) -> String {
        status == .notFound ? "there is nothing at this path" : status.reasonPhrase
    }
}
