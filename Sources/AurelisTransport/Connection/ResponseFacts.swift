import NIOHTTP1

/// What a response head says about the connection and the form of its body, found in one pass over its fields.
struct ResponseFacts {
    /// How long the server keeps an unused connection, less a second so that a request does not cross its closing.
    var keepAlive: Duration?
    /// Whether the body is coded in a way that is decoded here.
    var isCompressed = false
    /// Whether a body follows.
    var hasBody: Bool

    init(_ head: HTTPResponseHead, isHeadRequest: Bool) {
        hasBody = !isHeadRequest && head.status != .noContent && head.status != .notModified
        for (name, value) in head.headers {
            switch name.utf8.count {
            case 10 where name.lowercased() == "keep-alive":
                keepAlive = ResponseFacts.timeout(in: value)
            case 14 where value == "0" && name.lowercased() == "content-length":
                hasBody = false
            case 16 where name.lowercased() == "content-encoding":
                // More than one coding is passed on as it is.
                let codings = head.headers[canonicalForm: "content-encoding"]
                let coding = codings.count == 1 ? codings.first?.lowercased() : nil
                isCompressed = coding == "gzip" || coding == "deflate"
            default:
                break
            }
        }
    }

    /// The `timeout` of a `Keep-Alive` field such as `timeout=5, max=100`.
    private static func timeout(in value: String) -> Duration? {
        for parameter in value.split(separator: ",") {
            let parts = parameter.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[0].trimmed.lowercased() == "timeout", let seconds = Int(parts[1].trimmed)
            else { continue }
            return .seconds(max(0, min(seconds, 86_400) - 1))
        }
        return nil
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var text = self
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return text
    }
}
