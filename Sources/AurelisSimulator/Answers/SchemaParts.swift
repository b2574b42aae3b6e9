internal import AurelisJSON

/// A schema together with what it refers to and what `allOf` adds to it.
struct SchemaParts {
    private static let maximumParts = 32

    private var schemas: [JSONValue] = []

    init(_ schema: JSONValue, root: JSONValue) { collect(schema, root: root) }

    private mutating func collect(_ schema: JSONValue, root: JSONValue) {
        guard schemas.count < Self.maximumParts, schema.kind == .object else { return }
        schemas.append(schema)
        if let reference = schema["$ref"]?.string, let target = Self.resolve(reference, in: root) {
            collect(target, root: root)
        }
        for part in schema["allOf"]?.elements ?? .empty { collect(part, root: root) }
    }

    /// The first that says something about a keyword.
    subscript(_ keyword: String) -> JSONValue? {
        schemas.lazy.compactMap { $0[keyword] }.first
    }

    /// The type, guessed from the other keywords where it is not said.
    var type: String {
        switch self["type"] {
        case .some(let type) where type.kind == .string: return type.string ?? "string"
        case .some(let types) where types.kind == .array:
            let names = types.elements.compactMap(\.string)
            return names.first { $0 != "null" } ?? "null"
        default: break
        }
        if self["properties"] != nil { return "object" }
        if self["items"] != nil || self["prefixItems"] != nil { return "array" }
        if self["minimum"] != nil || self["maximum"] != nil { return "number" }
        return schemas.isEmpty ? "null" : "string"
    }

    /// All properties, each once, in the order of the text.
    var properties: [(name: String, schema: JSONValue)] {
        var seen: Set<String> = []
        return schemas.flatMap { schema in
            (schema["properties"]?.members ?? .empty).map { (name: $0.key, schema: $0.value) }
        }.filter { seen.insert($0.name).inserted }
    }

    var required: Set<String> {
        Set(schemas.flatMap { ($0["required"]?.elements ?? .empty).compactMap(\.string) })
    }

    /// Follows a JSON pointer such as `#/$defs/Step`.
    private static func resolve(_ reference: String, in root: JSONValue) -> JSONValue? {
        guard reference.hasPrefix("#") else { return nil }
        var value = root
        for part in reference.dropFirst().split(separator: "/") {
            let name = String(part.replacing("~1", with: "/").replacing("~0", with: "~"))
            let next = value.kind == .array ? Int(name).flatMap { value[$0] } : value[name]
            guard let next else { return nil }
            value = next
        }
        return value
    }
}
