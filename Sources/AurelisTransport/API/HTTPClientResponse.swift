/// A response whose head has arrived; its body is read on demand.
///
///     let response = try await client.send(request)
///     guard response.status == 200 else { ... }
///     let bytes = try await response.body.collect(upTo: 1 << 20)
package struct HTTPClientResponse: Sendable {
    /// The status code. Informational responses (1xx) are skipped, redirects (3xx) are not followed.
    package let status: Int
    /// The fields as received. When the body arrives decompressed, `Content-Encoding` and `Content-Length`
    /// are left out, for they describe other bytes.
    package let headers: HTTPHeaderList
    /// The body. Dropping it unread gives the connection up.
    package let body: HTTPResponseBody
}
