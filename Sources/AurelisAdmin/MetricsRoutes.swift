internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// All metrics as a scrape gets them.
package struct MetricsPage: Sendable {
    /// What the body is.
    package var contentType: String
    /// The text.
    package var body: [UInt8]

    /// A page.
    package init(contentType: String, body: [UInt8]) {
        self.contentType = contentType
        self.body = body
    }
}

/// `GET /metrics`: for Prometheus and whatever reads its text.
///
/// Open on loopback, as health is. Where other machines reach the control plane it takes an admin key, as `/admin` does: names
/// of models, quotas and traffic are nobody else's business.
struct MetricsRoutes {
    let page: @Sendable (_ accept: String?) async -> MetricsPage?
    let access: AdminAccess?

    func add(to router: Router<BasicRequestContext>) {
        let isExposed = access?.isExposed ?? false
        let metrics = router.group("metrics").add(middleware: LocalOnly(isExposed: isExposed))
        if let access, isExposed { metrics.add(middleware: OperatorsOnly(access: access)) }
        metrics.getAndHead { [page] request, _ in
            guard let page = await page(request.headers[.accept]) else {
                throw HTTPError(.notFound, message: "nothing is counted here")
            }
            return Response(
                status: .ok,
                headers: [.contentType: page.contentType, .cacheControl: "no-store"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: page.body))
            )
        }
    }
}
