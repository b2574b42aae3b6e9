internal import Aurelis
internal import AurelisJSON

/// Files in OpenAI's shape.
enum FileDocuments {
    static func file(_ file: StoredFile) -> [UInt8] {
        var json = JSONWriter()
        write(file, to: &json)
        return json.bytes
    }

    static func list(_ page: StoredPage<StoredFile>) -> [UInt8] {
        var json = JSONWriter(capacity: 64 + 256 * page.elements.count)
        json.list(page, id: \.id) { write($0, to: &$1) }
        return json.bytes
    }

    static func deleted(_ id: String) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.field("id", id)
        json.field("object", "file")
        json.field("deleted", true)
        json.endObject()
        return json.bytes
    }

    private static func write(_ file: StoredFile, to json: inout JSONWriter) {
        json.beginObject()
        json.field("id", file.id)
        json.field("object", "file")
        json.field("bytes", Int(file.bytes))
        json.field("created_at", Int(file.created))
        json.field("expires_at", Int(file.expires))
        json.field("filename", file.name)
        json.field("purpose", file.purpose.rawValue)
        // Clients of old want it, and nothing here takes time after the upload.
        json.field("status", "processed")
        json.key("status_details")
        json.null()
        json.endObject()
    }
}

extension JSONWriter {
    /// A part of a list.
    mutating func list<Element>(
        _ page: StoredPage<Element>,
        id: (Element) -> String,
        _ write: (Element, inout JSONWriter) -> Void
    ) {
        beginObject()
        field("object", "list")
        key("data")
        beginArray()
        for element in page.elements { write(element, &self) }
        endArray()
        key("first_id")
        optional(page.elements.first.map(id))
        key("last_id")
        optional(page.elements.last.map(id))
        field("has_more", page.hasMore)
        endObject()
    }

    mutating func optional(_ text: String?) {
        if let text { string(text) } else { null() }
    }

    mutating func optional(_ number: Int64?) {
        if let number { int(Int(number)) } else { null() }
    }
}
