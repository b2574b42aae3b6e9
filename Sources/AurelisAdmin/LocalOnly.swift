internal import HTTPTypes
internal import Hummingbird

/// Refuses what a web page of somebody else's may have made a browser send.
///
/// A page cannot read our answers, but it could post to loopback, or point a host name of its own at 127.0.0.1. A
/// browser tells on both: the first carries the page's `Origin`, the second the page's `Host`.
struct LocalOnly<Context: RequestContext>: RouterMiddleware {
    /// The address that the control plane was told to listen on.
    let host: String

    @concurrent
    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard isOurs(request.head.authority ?? "") else {
            throw HTTPError(.forbidden, message: "the Host is not an address of this control plane")
        }
        if let origin = request.headers[.origin] {
            guard let scheme = origin.range(of: "://"), isOurs(String(origin[scheme.upperBound...])) else {
                throw HTTPError(.forbidden, message: "requests of other sites' pages are refused")
            }
        }
        return try await next(request, context)
    }

    private func isOurs(_ authority: String) -> Bool {
        var name = authority
        if let colon = name.lastIndex(of: ":"), !name.hasSuffix("]") { name = String(name[..<colon]) }
        return ["127.0.0.1", "[::1]", "localhost", host, "[\(host)]"].contains(name.lowercased())
    }
}

extension String {
    fileprivate func range(of text: String) -> Range<String.Index>? { firstRange(of: text) }
}
