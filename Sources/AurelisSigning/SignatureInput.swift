internal import RawStructuredFieldValues

/// What one signature covers, and its parameters (RFC 9421, 2.3).
package struct SignatureInput: Sendable {
    /// What it covers, in the order in which it does.
    package let components: [SignatureComponent]
    /// When it was made, in seconds since 1970-01-01 UTC.
    package let created: Int64?
    /// When its time is over.
    package let expires: Int64?
    /// Whose key made it.
    package let keyID: String?
    /// What makes it unlike every other.
    package let nonce: String?
    /// The algorithm by its name.
    package let algorithm: String?
    /// What it is for.
    package let tag: String?
    /// As it stands in `Signature-Input` behind its label: this text is signed too.
    let text: String

    /// The input of a signature to be made.
    package init(
        components: [SignatureComponent],
        created: Int64?,
        expires: Int64? = nil,
        keyID: String?,
        nonce: String? = nil,
        algorithm: String? = nil,
        tag: String? = nil
    ) throws(SignatureRefusal) {
        var parameters: OrderedMap<String, RFC9651BareItem> = [:]
        if let created { parameters["created"] = .integer(created) }
        if let expires { parameters["expires"] = .integer(expires) }
        if let keyID { parameters["keyid"] = .string(keyID) }
        if let nonce { parameters["nonce"] = .string(nonce) }
        if let algorithm { parameters["alg"] = .string(algorithm) }
        if let tag { parameters["tag"] = .string(tag) }
        var list = BareInnerList()
        for component in components { list.append(component.item) }
        try self.init(InnerList(bareInnerList: list, parameters: parameters))
    }

    init(_ list: InnerList) throws(SignatureRefusal) {
        guard list.bareInnerList.count <= Self.maximumComponents else { throw .malformed("it covers too much") }
        var components: [SignatureComponent] = []
        var seen: Set<SignatureComponent> = []
        for item in list.bareInnerList {
            let component = try SignatureComponent(item)
            guard seen.insert(component).inserted else { throw .malformed("it covers \"\(component.name)\" twice") }
            components.append(component)
        }
        self.components = components
        let parameters = list.rfc9651Parameters
        created = try Self.integer("created", parameters)
        expires = try Self.integer("expires", parameters)
        keyID = try Self.string("keyid", parameters)
        nonce = try Self.string("nonce", parameters)
        algorithm = try Self.string("alg", parameters)
        tag = try Self.string("tag", parameters)
        text = try Self.text { (serializer) throws in try serializer.writeListFieldValue([.innerList(list)]) }
    }

    /// Nobody covers more.
    private static let maximumComponents = 64

    /// What is signed: every component with its value, and at the end what is covered (RFC 9421, 2.5).
    package func base(of message: SignableMessage) throws(SignatureRefusal) -> String {
        var base = ""
        for component in components {
            guard let value = component.value(in: message) else {
                throw SignatureRefusal(.coverage, "it covers \"\(component.name)\", which the message does not have")
            }
            // A line break would be the beginning of another component.
            guard value.utf8.allSatisfy({ $0 != 0x0A && $0 != 0x0D }) else {
                throw .malformed("\"\(component.name)\" has a line break")
            }
            let name = try Self.text { (serializer) throws in try serializer.writeItemFieldValue(component.item) }
            base += "\(name): \(value)\n"
        }
        return base + "\"@signature-params\": \(text)"
    }

    private static func text(
        _ write: (inout StructuredFieldValueSerializer) throws -> [UInt8]
    ) throws(SignatureRefusal) -> String {
        var serializer = StructuredFieldValueSerializer()
        do { return String(decoding: try write(&serializer), as: UTF8.self) } catch {
            throw .malformed("a value holds what a structured field cannot")
        }
    }

    private static func integer(
        _ name: String,
        _ parameters: OrderedMap<String, RFC9651BareItem>
    ) throws(SignatureRefusal) -> Int64? {
        switch parameters[name] {
        case nil: return nil
        case .integer(let value): return value
        default: throw .malformed("\"\(name)\" is no whole number")
        }
    }

    private static func string(
        _ name: String,
        _ parameters: OrderedMap<String, RFC9651BareItem>
    ) throws(SignatureRefusal) -> String? {
        switch parameters[name] {
        case nil: return nil
        case .string(let value): return value
        default: throw .malformed("\"\(name)\" is no string")
        }
    }
}
