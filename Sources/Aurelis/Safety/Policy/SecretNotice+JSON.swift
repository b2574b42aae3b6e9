internal import AurelisJSON

extension RouteTrace {
    /// Writes `findings`, where there are any.
    func writeFindings(to json: inout JSONWriter) {
        guard !findings.isEmpty else { return }
        json.key("findings")
        json.beginArray()
        for notice in findings {
            json.beginObject()
            json.field("kind", notice.kind.rawValue)
            json.field("place", notice.place)
            json.field("action", notice.action.rawValue)
            json.endObject()
        }
        json.endArray()
    }
}

extension SecretNotice {
    /// Reads what `writeFindings` writes.
    static func list(reading value: JSONValue?) -> [SecretNotice] {
        (value?.elements ?? .empty).compactMap { notice in
            guard let kind = notice["kind"]?.string, let place = notice["place"]?.string,
                let action = notice["action"]?.string.flatMap(Action.init(rawValue:))
            else { return nil }
            return SecretNotice(kind: SecretKind(rawValue: kind), place: place, action: action)
        }
    }
}
