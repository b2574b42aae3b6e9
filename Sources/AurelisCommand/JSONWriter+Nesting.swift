internal import AurelisJSON

extension JSONWriter {
    /// A member that is left out when there is nothing to say.
    mutating func optional(_ name: String, _ value: String?) {
        if let value { field(name, value) }
    }

    /// A member that is an object.
    mutating func object(_ name: String, _ write: (inout JSONWriter) -> Void) {
        key(name)
        beginObject()
        write(&self)
        endObject()
    }

    /// A member that is a list of texts.
    mutating func strings(_ name: String, _ texts: [String]) {
        key(name)
        beginArray()
        for text in texts { string(text) }
        endArray()
    }

    /// A member that is a list of objects, one for each element.
    mutating func array<Element>(
        _ name: String,
        _ elements: [Element],
        _ write: (Element, inout JSONWriter) -> Void
    ) {
        key(name)
        beginArray()
        for element in elements {
            beginObject()
            write(element, &self)
            endObject()
        }
        endArray()
    }
}
