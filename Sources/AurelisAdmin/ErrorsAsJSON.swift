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
            json.field("type", Self.type(of: error.status))
            json.key("param")
            json.null()
            json.key("code")
            json.null()
            json.endObject()
            json.endObject()
            var response = Response(status: error.status, json: json)
            response.headers.append(contentsOf: error.headers)
            return response
        }
    }

    private static func type(of status: HTTPResponse.Status) -> String {
        switch status.code {
        case 401: "authentication_error"
        case 500...: "server_error"
        default: "invalid_request_error"
        }
    }

    private static func message(for status: HTTPResponse.Status) -> String {
        status == .notFound ? "there is nothing at this path" : status.reasonPhrase
    }
}
