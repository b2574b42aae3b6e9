internal import AurelisJSON
internal import HTTPTypes
internal import Hummingbird
internal import Logging

/// Answers what no route answers in the shape that the data plane uses too, and HEAD with heads.
struct ErrorsAsJSON<Context: RequestContext>: RouterMiddleware {
    var logger = Logger(label: "aurelis.admin") { _ in SwiftLogNoOpLogHandler() }

    // `@concurrent`: the protocol comes from a module where plain async functions leave the caller's actor.
    @concurrent
    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        let response = try await answer(request, context: context, next: next)
        return request.method == .head ? response.createHeadResponse() : response
    }

    @concurrent
    private func answer(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError {
            let message = error.body ?? Self.message(for: error.status)
            var failure = AdminFailure(error.status, code: Self.code(of: error.status), message)
            failure.fields = error.headers
            return Self.response(failure)
        } catch let failure as AdminFailure {
            return Self.response(failure)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            // What a route asks for and does not get is on a disk: that is told apart from an answer, and passes.
            logger.error("the control plane cannot answer: \(error)", metadata: ["path": "\(request.uri.path)"])
            return Self.response(
                AdminFailure(.serviceUnavailable, code: "unavailable", "this cannot be read now; the log says why")
            )
        }
    }

    private static func response(_ failure: AdminFailure) -> Response {
        var json = JSONWriter()
        json.beginObject()
        json.key("error")
        json.beginObject()
        json.field("message", failure.message)
        json.field("type", type(of: failure.status))
        json.key("param")
        if let parameter = failure.parameter { json.string(parameter) } else { json.null() }
        json.field("code", failure.code)
        if let details = failure.details { json.field("details", details) }
        json.endObject()
        json.endObject()
        var response = Response(status: failure.status, json: json)
        response.headers.append(contentsOf: failure.fields)
        return response
    }

    private static func type(of status: HTTPResponse.Status) -> String {
        switch status.code {
        case 401: "authentication_error"
        case 403: "permission_error"
        case 404: "not_found_error"
        case 500...: "server_error"
        default: "invalid_request_error"
        }
    }

    private static func code(of status: HTTPResponse.Status) -> String {
        switch status.code {
        case 400: "invalid_request"
        case 401: "unauthorized"
        case 403: "forbidden"
        case 404: "not_found"
        case 413: "request_too_large"
        case 503: "unavailable"
        default: "refused"
        }
    }

    private static func message(for status: HTTPResponse.Status) -> String {
        status == .notFound ? "there is nothing at this path" : status.reasonPhrase
    }
}
