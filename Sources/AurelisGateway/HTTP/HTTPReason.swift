internal import NIOHTTP1

/// The words beside a status: for people, no client reads them.
enum HTTPReason {
    static func phrase(_ status: Int) -> String {
        switch status {
        case 499: "Client Closed Request"
        default: HTTPResponseStatus(statusCode: status).reasonPhrase
        }
    }
}
