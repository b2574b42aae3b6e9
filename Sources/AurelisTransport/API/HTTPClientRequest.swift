/// One request to one origin.
///
///     var request = HTTPClientRequest(method: "POST", origin: origin, target: "/v1/chat/completions")
///     request.headers.append("content-type", "application/json")
///     request.body = body
package struct HTTPClientRequest: Sendable {
    /// The method as sent: `GET`, `POST` or any other token.
    package var method: String
    /// Where it goes.
    package var origin: HTTPOrigin
    /// Path and query, starting with `/`.
    package var target: String
    /// The caller's fields. `Host`, `Content-Length` and hop-by-hop fields are the client's own: such fields are
    /// left out. `User-Agent` and `Accept-Encoding` are added unless given.
    package var headers: HTTPHeaderList
    /// The field that says who asks; apart from the others, because its value is a secret.
    package var credential: ConfidentialField?
    /// The whole body.
    package var body: [UInt8]
    /// How long each step may take.
    package var timeouts: HTTPTimeouts
    /// Told when there is a connection and the request is written.
    package var onSending: (@Sendable () -> Void)?

    /// A request; only method, origin and target have no default.
    package init(
        method: String,
        origin: HTTPOrigin,
        target: String,
        headers: HTTPHeaderList = [:],
        credential: ConfidentialField? = nil,
        body: [UInt8] = [],
        timeouts: HTTPTimeouts = .default
    ) {
        self.method = method
        self.origin = origin
        self.target = target
        self.headers = headers
        self.credential = credential
        self.body = body
        self.timeouts = timeouts
    }
}
