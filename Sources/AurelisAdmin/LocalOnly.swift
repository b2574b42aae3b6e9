internal import Aurelis
internal import HTTPTypes
internal import Hummingbird

/// Refuses what a web page of somebody else's may have made a browser send; see `LoopbackName`.
struct LocalOnly<Context: RequestContext>: RouterMiddleware {
    @concurrent
    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard LoopbackName.isAuthority(request.head.authority ?? "") else {
            throw HTTPError(.forbidden, message: "the Host is not an address of this control plane")
        }
        if let origin = request.headers[.origin], !LoopbackName.isOrigin(origin) {
            throw HTTPError(.forbidden, message: "requests of other sites' pages are refused")
        }
        return try await next(request, context)
    }
}
