internal import Hummingbird

extension RouterMethods {
    /// Answers GET, and HEAD as load balancers and monitors ask it: `ErrorsAsJSON` leaves the body out.
    func getAndHead(
        _ path: RouterPath = "",
        use handler: @Sendable @escaping (Request, Context) async throws -> Response
    ) {
        get(path, use: handler)
        head(path, use: handler)
    }
}
