internal import AurelisJSON
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

extension Response {
    /// An answer with a JSON document.
    init(status: HTTPResponse.Status = .ok, json: JSONWriter) {
        self.init(
            status: status,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: json.bytes))
        )
    }
}
