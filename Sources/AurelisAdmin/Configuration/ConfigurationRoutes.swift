internal import AurelisJSON
internal import HTTPTypes
internal import Hummingbird

/// The configuration: shown, and read again.
struct ConfigurationRoutes {
    let desk: any ConfigurationDesk

    func add(to router: RouterGroup<BasicRequestContext>) {
        router.get("configuration") { [desk] request, _ in
            try QueryParameters.none(in: request)
            let view = desk.view
            var json = JSONWriter()
            json.beginObject()
            json.settings("settings", view.settings)
            json.settings("pending", view.pending)
            json.list("needs_restart", view.needsRestart)
            json.endObject()
            return Response(json: json)
        }
        router.post("configuration/reload") { [desk] request, _ in
            try QueryParameters.none(in: request)
            try await JSONBody.object(of: request).check(knowing: [])
            return try Self.response(to: await desk.reload())
        }
    }

    private static func response(to outcome: ReloadOutcome) throws -> Response {
        switch outcome {
        case .applied(let changed, let needsRestart):
            var json = JSONWriter()
            json.beginObject()
            json.field("reloaded", true)
            json.list("changed", changed)
            json.list("needs_restart", needsRestart)
            json.endObject()
            return Response(json: json)
        case .refused(let fault): throw AdminFailure(fault)
        case .fixed:
            throw AdminFailure(
                .conflict,
                code: "not_reloadable",
                "this process was started without a configuration that could be read again"
            )
        case .late:
            throw AdminFailure(
                .serviceUnavailable,
                code: "configuration_unreadable",
                "the configuration could not be read in time; nothing has changed"
            )
        case .unknown:
            throw AdminFailure(
                .serviceUnavailable,
                code: "outcome_unknown",
                "it took too long, and may still come into effect: GET /admin/configuration shows what is"
            )
        }
    }
}

extension AdminFailure {
    fileprivate init(_ fault: ConfigurationFault) {
        self.init(.unprocessableContent, code: "invalid_configuration", fault.text, parameter: fault.path)
        var members: [(String, JSONFragment)] = [("message", .string(fault.message))]
        func add(_ name: String, _ value: JSONFragment?) { if let value { members.append((name, value)) } }
        add("path", fault.path.map { .string($0) })
        add("file", fault.file.map { .string($0) })
        add("line", fault.line.map { .int($0) })
        add("column", fault.column.map { .int($0) })
        add("origin", fault.origin.map { .string($0) })
        add("suggestion", fault.suggestion.map { .string($0) })
        details = .object(members)
    }
}

extension JSONWriter {
    fileprivate mutating func settings(_ name: String, _ settings: [ConfigurationView.Setting]) {
        key(name)
        beginArray()
        for setting in settings {
            beginObject()
            field("path", setting.path)
            field("value", setting.value)
            field("origin", setting.origin ?? "default")
            endObject()
        }
        endArray()
    }

    fileprivate mutating func list(_ name: String, _ words: [String]) {
        key(name)
        beginArray()
        for word in words { string(word) }
        endArray()
    }
}
