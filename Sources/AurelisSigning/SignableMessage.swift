/// The parts of an HTTP message that a signature may be over.
///
///     let message = SignableMessage(
///         method: "POST", scheme: "https", authority: "api.example.com", target: "/v1/chat/completions",
///         fields: [("content-type", "application/json")])
package struct SignableMessage: Sendable {
    /// The method as it is on the wire.
    package var method: String
    /// `http` or `https`.
    package var scheme: String
    /// The host in lower case, with the port unless it is the scheme's own.
    package var authority: String
    /// Path and query, as in the request line.
    package var target: String
    /// The status of a response; nil: it is a request.
    package var status: Int?
    /// Header fields in their order.
    package var fields: [(name: String, value: String)]

    /// A request.
    package init(
        method: String,
        scheme: String,
        authority: String,
        target: String,
        fields: [(name: String, value: String)]
    ) {
        self.method = method
        self.scheme = scheme
        self.authority = authority
        self.target = target
        self.fields = fields
    }

    /// All values of a field, in their order.
    func values(of name: String) -> [String] {
        fields.lazy.filter { $0.name.utf8.count == name.utf8.count && $0.name.lowercased() == name }.map(\.value)
    }

    /// All values of a field as one (RFC 9421, 2.1); nil when there is none.
    func combined(_ name: String) -> String? {
        let values = values(of: name)
        guard !values.isEmpty else { return nil }
        return values.map(\.withoutOuterSpace).joined(separator: ", ")
    }

    /// The path; the whole target when there is no query.
    var path: Substring {
        let path = target[..<(target.firstIndex(of: "?") ?? target.endIndex)]
        return path.isEmpty ? "/" : path
    }

    /// The query with its question mark, which is there when nothing else is.
    var query: Substring {
        target.firstIndex(of: "?").map { target[$0...] } ?? "?"
    }
}

extension String {
    fileprivate var withoutOuterSpace: Substring {
        var text = self[...]
        while let first = text.utf8.first, first == 0x20 || first == 0x09 { text.removeFirst() }
        while let last = text.utf8.last, last == 0x20 || last == 0x09 { text.removeLast() }
        return text
    }
}
