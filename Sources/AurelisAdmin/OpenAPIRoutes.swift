internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// What the control plane understands and answers, for programs.
struct OpenAPIRoutes {
    /// The document, from the file of that name.
    static let document = ByteBuffer(bytes: PackageResources.openapi_json)

    func add(to router: Router<BasicRequestContext>) {
        router.get("openapi.json") { _, _ in
            Response(
                status: .ok,
                headers: [.contentType: "application/json", .cacheControl: "no-cache"],
                body: ResponseBody(byteBuffer: Self.document)
            )
        }
    }
}
