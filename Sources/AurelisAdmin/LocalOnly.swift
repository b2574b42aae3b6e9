internal import Aurelis
internal import HTTPTypes
internal import Hummingbird

/// Refuses what a web page of somebody else's may have made a browser send; see `LoopbackName`.
struct LocalOnly<Context: RequestContext>: RouterMiddleware {
    /// Whether other machines reach the control plane, under names that it cannot know.
    var isExposed = false
    /// Told what it blocked.
    var refusals: (any RefusalRecorder)?

    @concurrent
    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        let authority = request.head.authority ?? ""
        guard isExposed || LoopbackName.isAuthority(authority) else {
            refusals?.blocked(by: "foreign_host", at: "admin") { RefusalDetails(message: authority) }
            throw AdminFailure(
                .forbidden,
                code: "foreign_host",
                "the Host is not an address of this control plane"
            )
        }
        if let origin = request.headers[.origin], !LoopbackName.isOrigin(origin),
            !(isExposed && Self.isOwn(origin, authority))
        {
            refusals?.blocked(by: "foreign_origin", at: "admin") { RefusalDetails(message: origin) }
            throw AdminFailure(.forbidden, code: "foreign_origin", "requests of other sites' pages are refused")
        }
        return try await next(request, context)
    }

    /// Whether a page is one of the control plane's own, by the name that it was asked under.
    private static func isOwn(_ origin: String, _ authority: String) -> Bool {
        ["http://", "https://"].contains { origin.lowercased() == $0 + authority.lowercased() } && !authority.isEmpty
    }
}
