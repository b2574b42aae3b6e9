internal import Aurelis
internal import HTTPTypes
internal import Hummingbird

/// The page for people: it shows what `/admin/*` tells, with the key that whoever looks at it has.
///
/// It has no data of its own, so it needs no key. Nothing of it comes from elsewhere, and nothing may: its policy forbids
/// the browser to load, send or run anything that this process does not serve.
struct DashboardRoutes {
    let isExposed: Bool
    /// Told what was blocked.
    let refusals: (any RefusalRecorder)?

    /// Content-Security-Policy: no script and no style in the page itself, no other host, no frame around it.
    static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self'",
        "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'",
    ].joined(separator: "; ")

    func add(to router: Router<BasicRequestContext>) {
        let pages = router.group("").add(middleware: LocalOnly(isExposed: isExposed, refusals: refusals))
        pages.get("/") { request, _ in Self.response(to: request, with: .page) }
        let assets = pages.group("assets")
        for asset in DashboardAsset.all {
            assets.get(RouterPath(asset.name)) { request, _ in Self.response(to: request, with: asset) }
        }
    }

    private static func response(to request: Request, with asset: DashboardAsset) -> Response {
        var headers: HTTPFields = [
            .contentType: asset.contentType, .eTag: asset.tag, .cacheControl: "no-cache",
            .contentSecurityPolicy: policy, .xContentTypeOptions: "nosniff", .referrerPolicy: "no-referrer",
        ]
        headers[.crossOriginOpenerPolicy] = "same-origin"
        headers[.crossOriginResourcePolicy] = "same-origin"
        let known = request.headers[.ifNoneMatch]?.split(separator: ",").contains { tag in
            let tag = tag.drop { $0 == " " }
            return tag == "*" || tag == asset.tag || tag == "W/" + asset.tag
        }
        if known == true {
            headers[.contentType] = nil
            return Response(status: .notModified, headers: headers)
        }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: asset.body))
    }
}

extension HTTPField.Name {
    fileprivate static var referrerPolicy: HTTPField.Name { HTTPField.Name("referrer-policy")! }
    fileprivate static var crossOriginOpenerPolicy: HTTPField.Name { HTTPField.Name("cross-origin-opener-policy")! }
}
