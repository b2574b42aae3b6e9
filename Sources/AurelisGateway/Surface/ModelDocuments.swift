internal import Aurelis
internal import AurelisJSON

/// The lists of models, in the shapes that the different clients expect. Only what is known is said.
enum ModelDocuments {
    typealias Entry = (model: ProviderModel, provider: ProviderID)

    /// `GET /v1/models`: each model once, by the provider that is preferred for it.
    static func list(_ entries: [Entry]) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.field("object", "list")
        json.key("data")
        json.beginArray()
        for entry in unique(entries) { write(entry, to: &json) }
        json.endArray()
        json.endObject()
        return json.bytes
    }

    /// `GET /v1/models/{id}`: by name, alias or name on the wire; nil when nobody serves it.
    static func entry(_ name: String, in entries: [Entry]) -> [UInt8]? {
        let id = ModelID(name)
        guard let entry = entries.first(where: { $0.model.id == id || $0.model.wireName == name }) else { return nil }
        var json = JSONWriter()
        write(entry, to: &json)
        return json.bytes
    }

    /// `GET /catalog/models`: a bare array, as GitHub Models had it.
    static func catalog(_ entries: [Entry]) -> [UInt8] {
        var json = JSONWriter()
        json.beginArray()
        for entry in unique(entries) {
            json.beginObject()
            json.field("id", entry.model.wireName)
            json.field("name", entry.model.id.spelling)
            if let slash = entry.model.wireName.firstIndex(of: "/") {
                json.field("publisher", String(entry.model.wireName[..<slash]))
            }
            json.field("registry", entry.provider.rawValue)
            json.endObject()
        }
        json.endArray()
        return json.bytes
    }

    private static func unique(_ entries: [Entry]) -> [Entry] {
        var seen: Set<ModelID> = []
        return entries.filter { seen.insert($0.model.id).inserted }
    }

    private static func write(_ entry: Entry, to json: inout JSONWriter) {
        json.beginObject()
        json.field("id", entry.model.id.spelling)
        json.field("object", "model")
        // Clients insist on a number; when the model was made is not known.
        json.field("created", 0)
        json.field("owned_by", entry.provider.rawValue)
        json.endObject()
    }
}
