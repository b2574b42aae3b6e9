import AurelisJSON

extension FuzzTarget {
    /// The canonical form can be read back, and what is read back has the same one: nothing is lost, nothing ambiguous.
    static let canonicalJSON = FuzzTarget("canonical-json") { bytes in
        let tolerant = JSONLimits(rejectsDuplicateMembers: false)
        guard let document = try? JSONDocument(bytes, limits: tolerant) else { return }
        let canonical = canonical(document)
        var reader = CanonicalReader(canonical)
        let text = try reader.text()
        try holds(reader.isAtEnd, "the canonical form goes on behind its end")
        let again = try JSONDocument(text, limits: tolerant)
        try holds(Self.canonical(again) == canonical, "read back, it has another canonical form")
    }

    private static func canonical(_ document: JSONDocument) -> [UInt8] {
        var canonical = CanonicalJSON()
        canonical.append(document.root)
        return canonical.bytes
    }
}

/// Writes what a canonical form says as JSON; written from its specification.
private struct CanonicalReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func text() throws -> [UInt8] {
        switch rest.popFirst() {
        case UInt8(ascii: "n"): return Array("null".utf8)
        case UInt8(ascii: "t"): return Array("true".utf8)
        case UInt8(ascii: "f"): return Array("false".utf8)
        case UInt8(ascii: "d"): return try counted()
        case UInt8(ascii: "s"): return JSONFragment.string(String(decoding: try counted(), as: UTF8.self)).bytes
        case UInt8(ascii: "["):
            var elements: [[UInt8]] = []
            while rest.first != UInt8(ascii: "]") { elements.append(try text()) }
            rest.removeFirst()
            return [UInt8(ascii: "[")] + elements.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
        case UInt8(ascii: "{"):
            var members: [[UInt8]] = []
            while rest.first != UInt8(ascii: "}") {
                members.append(try text() + [UInt8(ascii: ":")] + text())
            }
            rest.removeFirst()
            return [UInt8(ascii: "{")] + members.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "}")]
        case let byte: throw FuzzFinding(description: "no value begins with \(byte.map(String.init) ?? "the end")")
        }
    }

    private mutating func counted() throws -> [UInt8] {
        let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        rest = rest.dropFirst(4)
        try holds(length <= rest.count, "a length goes beyond the end")
        defer { rest = rest.dropFirst(length) }
        return Array(rest.prefix(length))
    }
}
