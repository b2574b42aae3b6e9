/// What the gateway understands and answers, for programs: an OpenAPI document.
enum APIDescription {
    /// The document, from the file of that name.
    static let document: [UInt8] = PackageResources.openapi_json
}
