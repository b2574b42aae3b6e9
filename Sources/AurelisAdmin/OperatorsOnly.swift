internal import Aurelis
internal import HTTPTypes
internal import Hummingbird

/// Refuses whoever has no admin key, where one is needed.
struct OperatorsOnly<Context: RequestContext>: RouterMiddleware {
    let access: AdminAccess
    /// Told whom it turned away.
    var refusals: (any RefusalRecorder)?

    @concurrent
    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        if let refusal = access.refusal(of: request.headers[.authorization]) {
            refusals?.turnedAway(refusal.auditReason, at: "admin") { RefusalDetails(key: refusal.key) }
            var failure = AdminFailure(
                HTTPResponse.Status(code: refusal.status),
                code: refusal.code,
                refusal.description
            )
            if let challenge = refusal.challenge { failure.fields[.wwwAuthenticate] = challenge }
            throw failure
        }
        return try await next(request, context)
    }
}
