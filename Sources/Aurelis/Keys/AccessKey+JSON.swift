package import AurelisJSON

extension AccessKey {
    /// Writes all about the key but its secret, into an object that has been begun.
    ///
    /// - Parameter now: in milliseconds since 1970-01-01 UTC.
    package func writeMembers(to json: inout JSONWriter, at now: Int64) {
        json.field("id", id)
        json.field("name", name)
        json.field("kind", kind.rawValue)
        json.field("usable", isUsable(at: now))
        json.moment("created", created)
        if let expires { json.moment("expires", expires) }
        if let revoked { json.moment("revoked", revoked) }
        if let rotatedFrom {
            json.moment("rotated", rotatedFrom.time)
            if rotatedFrom.until > now { json.moment("old_good_until", rotatedFrom.until) }
        }
        if let secrets { json.field("secrets", secrets.rawValue) }
        json.key("scope")
        json.beginObject()
        json.words("models", scope.models?.map(\.description))
        json.words("tasks", scope.tasks?.map(\.rawValue))
        json.words("endpoints", scope.endpoints?.map(\.rawValue))
        json.endObject()
        json.key("limits")
        json.beginObject()
        for (name, amount) in limits.amounts { if let amount { json.field(name, Int(amount)) } }
        json.endObject()
    }
}

extension AccessLimits {
    /// Every limit by its name.
    fileprivate var amounts: [(name: String, amount: Int64?)] {
        [
            ("budget_picodollars", dailyBudget), ("requests_per_minute", requestsPerMinute),
            ("requests_per_day", requestsPerDay), ("tokens_per_day", tokensPerDay),
            ("concurrent", concurrent.map(Int64.init)),
        ]
    }
}

extension JSONWriter {
    fileprivate mutating func moment(_ name: String, _ milliseconds: Int64) {
        field(name, TimeStamp(milliseconds: milliseconds).description)
    }

    fileprivate mutating func words(_ name: String, _ words: [String]?) {
        guard let words else { return }
        key(name)
        beginArray()
        for word in words { string(word) }
        endArray()
    }
}
