package import AurelisJSON

extension HealthTransition {
    /// Writes the members of an object that has been begun.
    package func writeMembers(to json: inout JSONWriter) {
        json.field("time", TimeStamp(milliseconds: time).description)
        json.field("component", component.rawValue)
        json.field("from", from.rawValue)
        json.field("to", to.rawValue)
        json.field("since", TimeStamp(milliseconds: since).description)
        if let reason { json.field("reason", reason) }
        json.field("overall", overall.rawValue)
        json.key("changes")
        json.beginArray()
        for change in changes {
            json.beginObject()
            json.field("name", change.name)
            json.field("from", change.from.rawValue)
            json.field("to", change.to.rawValue)
            if let reason = change.reason { json.field("reason", reason) }
            json.endObject()
        }
        json.endArray()
    }

    /// Reads what `writeMembers` writes; nil for anything else.
    package init?(reading value: JSONValue) {
        guard let time = value["time"]?.string.flatMap(TimeStamp.init(parsing:)),
            let since = value["since"]?.string.flatMap(TimeStamp.init(parsing:)),
            let component = value["component"]?.string.flatMap(HealthComponent.init(rawValue:)),
            let from = value["from"]?.string.flatMap(HealthState.init(rawValue:)),
            let to = value["to"]?.string.flatMap(HealthState.init(rawValue:)),
            let overall = value["overall"]?.string.flatMap(HealthState.init(rawValue:))
        else { return nil }
        self.init(
            time: time.milliseconds,
            component: component,
            from: from,
            to: to,
            since: since.milliseconds,
            reason: value["reason"]?.string,
            overall: overall,
            changes: value["changes"]?.elements.compactMap(Change.init(reading:)) ?? []
        )
    }

    /// One line, with its end.
    package var line: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        writeMembers(to: &json)
        json.endObject()
        return json.bytes + [UInt8(ascii: "\n")]
    }
}

extension HealthTransition.Change {
    fileprivate init?(reading value: JSONValue) {
        guard let name = value["name"]?.string, let from = value["from"]?.string.flatMap(HealthState.init(rawValue:)),
            let to = value["to"]?.string.flatMap(HealthState.init(rawValue:))
        else { return nil }
        self.init(name: name, from: from, to: to, reason: value["reason"]?.string)
    }
}
