internal import AurelisTransport

/// What a `Content-Type` says a body is.
enum MediaType: Hashable {
    case json
    case eventStream
    /// The provider did not say.
    case unnamed
    /// Something that no model answers, in its own words.
    case other(String)

    init(_ headers: HTTPHeaderList) {
        guard let field = headers["content-type"] else {
            self = .unnamed
            return
        }
        // Bytes, not characters: this is asked of every answer.
        let bytes = field.utf8.prefix { $0 != UInt8(ascii: ";") }
        let name = Substring(bytes).trimmed
        if name.equalsIgnoringCase("application/json") {
            self = .json
        } else if name.equalsIgnoringCase("text/event-stream") {
            self = .eventStream
        } else if name.isEmpty {
            self = .unnamed
        } else if name.lowercased().hasSuffix("+json") {
            self = .json
        } else {
            self = .other(ErrorBody.presentable(String(name.prefix(80))))
        }
    }
}
