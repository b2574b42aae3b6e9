internal import RawStructuredFieldValues

/// One part of a message that a signature covers: a header field, or something derived such as `@method`.
///
///     let component = try SignatureComponent(parsing: "@target-uri")
package struct SignatureComponent: Sendable, Hashable {
    /// The field's name in lower case, or that of a derived component.
    package let name: String
    /// Of `@query-param`: which one, in its encoded form.
    let queryParameter: String?

    private static let derived: Set<String> = [
        "@method", "@target-uri", "@authority", "@scheme", "@request-target", "@path", "@query", "@status",
    ]

    /// A component by its name, as in a configuration.
    package init(parsing name: String) throws(SignatureRefusal) {
        try self.init(name: name.lowercased(), queryParameter: nil)
    }

    init(_ item: Item) throws(SignatureRefusal) {
        guard case .string(let name) = item.rfc9651BareItem else { throw .malformed("a component is no string") }
        var queryParameter: String?
        for (key, value) in item.rfc9651Parameters {
            guard key == "name", name == "@query-param", case .string(let parameter) = value else {
                throw SignatureRefusal(.unsupported, "the component \"\(name)\" has the parameter \"\(key)\"")
            }
            queryParameter = parameter
        }
        try self.init(name: name, queryParameter: queryParameter)
    }

    private init(name: String, queryParameter: String?) throws(SignatureRefusal) {
        if name == "@query-param" {
            guard queryParameter != nil else { throw .malformed("@query-param does not say which") }
        } else if name.utf8.first == UInt8(ascii: "@") {
            guard Self.derived.contains(name) else {
                throw SignatureRefusal(.unsupported, "the component \"\(name)\" is not known")
            }
        } else {
            guard Self.isFieldName(name) else { throw .malformed("\"\(name)\" is no name of a field in lower case") }
        }
        self.name = name
        self.queryParameter = queryParameter
    }

    /// As it stands in `Signature-Input`.
    var item: Item {
        var item = Item(bareItem: RFC9651BareItem.string(name), parameters: [:])
        if let queryParameter { item.rfc9651Parameters["name"] = RFC9651BareItem.string(queryParameter) }
        return item
    }

    /// What of a message it means; nil: the message has no such thing.
    func value(in message: SignableMessage) -> String? {
        switch name {
        case "@status": message.status.map(String.init)
        case _ where name.utf8.first != UInt8(ascii: "@"): message.combined(name)
        // The rest is of requests.
        case _ where message.status != nil: nil
        case "@method": message.method
        case "@target-uri": "\(message.scheme)://\(message.authority)\(message.target)"
        case "@authority": message.authority
        case "@scheme": message.scheme
        case "@request-target": message.target
        case "@path": String(message.path)
        case "@query": String(message.query)
        case "@query-param": queryParameter.flatMap { QueryParameters(message.query).value(of: $0) }
        default: nil
        }
    }

    private static func isFieldName(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }
}
