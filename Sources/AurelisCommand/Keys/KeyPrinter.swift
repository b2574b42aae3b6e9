internal import Aurelis
internal import AurelisJSON

/// Keys for people and for programs; never a secret, but for one that has just been made.
struct KeyPrinter {
    /// In milliseconds since 1970-01-01 UTC.
    let now: Int64

    /// The text of a new key, alone on its line; as JSON with everything about it.
    func printNew(_ key: AccessKey, _ text: String, json: Bool, on console: Console) throws {
        guard json else { return try console.output.write(text + "\n") }
        try console.output.write(json: document { write(key, text: text, to: &$0) })
    }

    /// All about one key.
    func print(_ key: AccessKey, json: Bool, on output: TextOutput) throws {
        if json { return try output.write(json: document { write(key, to: &$0) }) }
        var lines = [("key", key.id)]
        if key.name != key.id { lines.append(("name", key.name)) }
        lines.append(("for", key.kind == .admin ? "the control plane" : "models"))
        lines.append(("state", state(of: key).text))
        lines.append(("made", moment(key.created)))
        if let expires = key.expires { lines.append(("expires", moment(expires))) }
        if let old = key.rotatedFrom { lines.append(("rotated", moment(old.time))) }
        if key.kind == .gateway {
            lines.append(("may", scope(of: key)))
            lines.append(("limits", limits(of: key)))
        }
        for (label, text) in lines {
            let padded = label + String(repeating: " ", count: 9 - label.count)
            try output.write(output.style(.quiet, padded) + TerminalSanitizer.singleLine(text) + "\n")
        }
    }

    /// A list of keys.
    func print(_ keys: [AccessKey], json: Bool, on output: TextOutput) throws {
        if json {
            return try output.write(
                json: document { writer in
                    writer.array("keys", keys) { writeMembers(of: $0, to: &$1) }
                }
            )
        }
        var table = TextTable([
            .init("key"), .init("for"), .init("state"), .init("may", folds: true), .init("limits", folds: true),
        ])
        for key in keys {
            let state = state(of: key)
            let isAdmin = key.kind == .admin
            table.add(
                .init(key.id, .name),
                .init(isAdmin ? "admin" : "models"),
                .init(state.text, state.role),
                .init(isAdmin ? "steer" : scope(of: key)),
                .init(isAdmin ? "" : limits(of: key))
            )
        }
        try output.write(table.rendered(width: output.columns, style: output.style))
    }

    // MARK: - For people

    private func state(of key: AccessKey) -> (text: String, role: Style.Role) {
        if let revoked = key.revoked { return ("revoked \(moment(revoked))", .bad) }
        if let expires = key.expires, expires <= now { return ("expired \(moment(expires))", .bad) }
        if let old = key.rotatedFrom, old.until > now {
            return ("good, the old one for \(span(old.until - now)) more", .caution)
        }
        guard let expires = key.expires else { return ("good", .good) }
        return ("good for \(span(expires - now)) more", .good)
    }

    private func span(_ milliseconds: Int64) -> String {
        let days = milliseconds / 86_400_000
        return days >= 3 ? "\(days) days" : Duration.milliseconds(milliseconds).briefly
    }

    private func scope(of key: AccessKey) -> String {
        func list(_ names: [String]) -> String { names.joined(separator: ", ") }
        var parts: [String] = []
        if let models = key.scope.models { parts.append("ask \(list(models.map(\.description)))") }
        if let tasks = key.scope.tasks { parts.append("for \(list(tasks.map(\.rawValue)))") }
        if let endpoints = key.scope.endpoints { parts.append("use \(list(endpoints.map(\.rawValue)))") }
        if let secrets = key.secrets { parts.append("\(secrets.rawValue) credentials") }
        return parts.isEmpty ? "everything" : parts.joined(separator: "; ")
    }

    private func limits(of key: AccessKey) -> String {
        let limits = key.limits
        let parts: [String?] = [
            limits.dailyBudget.map { "\(Dollars.text($0)) a day" },
            limits.requestsPerMinute.map { "\($0) requests a minute" },
            limits.requestsPerDay.map { "\($0) requests a day" }, limits.tokensPerDay.map { "\($0) tokens a day" },
            limits.concurrent.map { "\($0) at once" },
        ]
        let known = parts.compactMap(\.self)
        return known.isEmpty ? "none" : known.joined(separator: ", ")
    }

    private func moment(_ milliseconds: Int64) -> String { TimeOfDay.of(milliseconds: milliseconds, withDate: true) }

    // MARK: - For programs

    private func document(_ write: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        write(&writer)
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self) + "\n"
    }

    private func write(_ key: AccessKey, text: String? = nil, to writer: inout JSONWriter) {
        writer.optional("key", text)
        writeMembers(of: key, to: &writer)
    }

    private func writeMembers(of key: AccessKey, to writer: inout JSONWriter) {
        key.writeMembers(to: &writer, at: now)
    }
}
