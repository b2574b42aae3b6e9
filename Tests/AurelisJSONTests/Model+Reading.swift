import AurelisJSON

extension Model {
    /// The library's view of a value, read through every accessor that fits its kind.
    init(reading value: JSONValue) {
        switch value.kind {
        case .object: self = .object(value.members.map { Member(name: Text($0.key), value: Model(reading: $0.value)) })
        case .array: self = .array(value.elements.map(Model.init(reading:)))
        case .string: self = value.string.map { .string(Text($0)) } ?? .null
        case .number: self = .number(value.description)
        case .bool: self = value.bool.map(Model.bool) ?? .null
        case .null: self = .null
        }
    }
}
