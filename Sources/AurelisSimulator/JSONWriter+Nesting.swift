internal import AurelisJSON

/// Containers whose ends cannot be forgotten.
extension JSONWriter {
    /// An object as a member.
    mutating func object(_ name: String, _ write: (inout JSONWriter) -> Void) {
        key(name)
        object(write)
    }

    /// An object as a value.
    mutating func object(_ write: (inout JSONWriter) -> Void) {
        beginObject()
        write(&self)
        endObject()
    }

    /// An array of objects, one for each element.
    mutating func array<Elements: Sequence>(
        of elements: Elements,
        _ write: (inout JSONWriter, Elements.Element) -> Void
    ) {
        beginArray()
        for element in elements { object { write(&$0, element) } }
        endArray()
    }

    /// A list of strings as a member.
    mutating func strings(_ name: String, _ values: [String]) {
        key(name)
        beginArray()
        for value in values { string(value) }
        endArray()
    }

    /// A string or `null` as a member.
    mutating func field(_ name: String, orNull value: String?) {
        key(name)
        if let value { string(value) } else { null() }
    }
}
