package import AurelisJSON

extension HealthReport {
    /// Writes the members of an object that has been begun.
    ///
    /// - Parameter isWhole: whether components and their parts are told, or the state of the whole only.
    package func writeMembers(to json: inout JSONWriter, isWhole: Bool = true) {
        json.field("status", state.rawValue)
        json.field("time", TimeStamp(milliseconds: time).description)
        guard isWhole else { return }
        json.field("since", TimeStamp(milliseconds: since).description)
        json.key("components")
        json.beginObject()
        for component in components {
            json.key(component.component.rawValue)
            component.write(to: &json)
        }
        json.endObject()
    }

    /// Reads what `writeMembers` writes; nil for anything else.
    package init?(reading value: JSONValue) {
        guard let state = value["status"]?.string.flatMap(HealthState.init(rawValue:)),
            let time = value["time"]?.string.flatMap(TimeStamp.init(parsing:))
        else { return nil }
        self.init(
            time: time.milliseconds,
            state: state,
            since: value["since"]?.string.flatMap(TimeStamp.init(parsing:))?.milliseconds ?? time.milliseconds,
            components: []
        )
        for (name, entry) in value["components"]?.members ?? .empty {
            guard let component = HealthComponent(rawValue: name), let read = Component(component, reading: entry)
            else { continue }
            components.append(read)
        }
    }
}

extension HealthReport.Component {
    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("status", state.rawValue)
        json.field("since", TimeStamp(milliseconds: since).description)
        if let reason { json.field("reason", reason) }
        json.key("parts")
        json.beginArray()
        for part in parts { part.write(to: &json) }
        json.endArray()
        json.endObject()
    }

    fileprivate init?(_ component: HealthComponent, reading value: JSONValue) {
        guard let state = value["status"]?.string.flatMap(HealthState.init(rawValue:)),
            let since = value["since"]?.string.flatMap(TimeStamp.init(parsing:))
        else { return nil }
        self.init(
            component: component,
            state: state,
            since: since.milliseconds,
            reason: value["reason"]?.string,
            parts: value["parts"]?.elements.compactMap(HealthReport.Part.init(reading:)) ?? []
        )
    }
}

extension HealthReport.Part {
    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("name", name)
        json.field("status", state.rawValue)
        json.field("since", TimeStamp(milliseconds: since).description)
        if let reason { json.field("reason", reason) }
        if isFlapping { json.field("flapping", true) }
        if let rate = facts.successRate { json.field("success_rate", rate) }
        if let time = facts.lastFailure { json.field("last_failure", TimeStamp(milliseconds: time).description) }
        if let reason = facts.lastFailureReason { json.field("last_failure_reason", reason) }
        json.endObject()
    }

    fileprivate init?(reading value: JSONValue) {
        guard let name = value["name"]?.string,
            let state = value["status"]?.string.flatMap(HealthState.init(rawValue:)),
            let since = value["since"]?.string.flatMap(TimeStamp.init(parsing:))
        else { return nil }
        self.init(name: name, state: state, since: since.milliseconds, reason: value["reason"]?.string)
        isFlapping = value["flapping"]?.bool ?? false
        facts.successRate = value["success_rate"]?.double
        facts.lastFailure = value["last_failure"]?.string.flatMap(TimeStamp.init(parsing:))?.milliseconds
        facts.lastFailureReason = value["last_failure_reason"]?.string
    }
}
