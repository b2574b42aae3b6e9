/// Whether a request's body claims to be JSON.
enum ContentType {
    /// Why the body is not taken (415); nil when it is. A missing type is taken for JSON.
    static func refusal(of head: RequestHead) -> String? {
        if let encoding = head.contentEncoding {
            return "request bodies with Content-Encoding \"\(encoding.prefix(32))\" are not accepted"
        }
        guard let type = head.contentType, type != "application/json" else { return nil }
        let essence = type.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
        if essence.isEmpty || essence == "application/json" || essence == "text/json" { return nil }
        if essence.hasPrefix("application/"), essence.hasSuffix("+json") { return nil }
        return "the body is sent as \"\(essence.prefix(64))\"; send JSON with \"content-type: application/json\""
    }
}
