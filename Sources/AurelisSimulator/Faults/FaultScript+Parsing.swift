internal import AurelisJSON

extension FaultScript {
    private static let maximumBytes = 1 << 20

    /// Reads a script.
    ///
    /// - Throws: what is wrong, with its path in the file. Unknown fields are errors, so that a typo is no silent pass.
    package init(parsing bytes: [UInt8]) throws(FaultScriptError) {
        let document: JSONDocument
        do {
            document = try JSONDocument(bytes, limits: JSONLimits(maximumBytes: Self.maximumBytes))
        } catch {
            throw FaultScriptError(path: "", message: "not JSON: \(error)")
        }
        let reader = ScriptReader(document.root, path: "")
        try reader.checkObject(fields: ["models", "retired"])
        self.init(isRetired: try reader.bool("retired") ?? false)
        guard let models = document["models"] else { return }
        try ScriptReader(models, path: "models").checkObject()
        for (name, list) in models.members {
            let path = "models.\(name)"
            let key = try Self.key(name, path: path)
            guard steps[key] == nil else {
                throw FaultScriptError(path: path, message: "this model has a list already")
            }
            guard list.kind == .array else { throw FaultScriptError(path: path, message: "expected a list of steps") }
            var parsed: [FaultStep] = []
            for step in list.elements {
                parsed.append(try FaultStep(ScriptReader(step, path: "\(path)[\(parsed.count)]"), model: key))
            }
            steps[key] = parsed
        }
    }

    private static func key(_ name: String, path: String) throws(FaultScriptError) -> String {
        if name == "*" { return name }
        let catalog = ModelCatalog.standard
        guard let index = catalog.index(of: name) else {
            let known = catalog.models.map(\.id).joined(separator: ", ")
            throw FaultScriptError(path: path, message: "unknown model; use * or one of: \(known)")
        }
        return catalog[index].id
    }
}

extension FaultStep {
    private static let common: Set<String> = ["kind", "times", "stream", "probability"]
    private static let answer: Set<String> = ["status", "error", "body", "retry_after", "headers"]

    init(_ reader: ScriptReader, model: String) throws(FaultScriptError) {
        try reader.checkObject()
        guard let kind = try reader.string("kind") else { throw reader.error("kind", "is missing") }
        let (fault, fields) = try Self.fault(kind, reader, model: model)
        try reader.checkObject(fields: Self.common.union(fields))
        self.init(
            fault,
            times: try Self.times(reader),
            stream: try reader.bool("stream"),
            probability: try reader.number("probability", in: 0...1) ?? 1
        )
    }

    private static func times(_ reader: ScriptReader) throws(FaultScriptError) -> Times {
        guard let value = reader["times"] else { return .count(1) }
        if value.string == "always" { return .always }
        guard let count = value.int, count > 0 else {
            throw reader.error("times", "expected a positive integer or \"always\"")
        }
        return .count(count)
    }

    private static func fault(
        _ kind: String,
        _ reader: ScriptReader,
        model: String
    ) throws(FaultScriptError) -> (Fault, Set<String>) {
        switch kind {
        case "pass": return (.pass, [])
        case "status": return (.status(try answer(reader, model: model, default: nil)), answer)
        case "reset_before_headers": return (.resetBeforeHeaders, [])
        case "silent": return (.silent, [])
        case "slow_headers": return (.slowHeaders(seconds: try reader.seconds("seconds")), ["seconds"])
        case "slow_first_token": return (.slowFirstToken(seconds: try reader.seconds("seconds")), ["seconds"])
        case "cut":
            let fault = Fault.cut(afterFraction: try reader.fraction(), reset: try reader.bool("reset") ?? false)
            return (fault, ["after_fraction", "reset"])
        case "stall":
            let fault = Fault.stall(afterFraction: try reader.fraction(), seconds: try reader.seconds("seconds"))
            return (fault, ["after_fraction", "seconds"])
        case "malformed_chunk": return (.malformedChunk(afterFraction: try reader.fraction()), ["after_fraction"])
        case "missing_done": return (.missingDone, [])
        case "wrong_content_type": return (.wrongContentType, [])
        case "empty_choices": return (.emptyChoices, [])
        case "endless_body": return (.endlessBody, [])
        case "garbage_status_line": return (.garbageStatusLine, [])
        case "slow_body":
            let fault = Fault.slowBody(
                bytes: try reader.integer("bytes", in: 1...1 << 20) ?? 16,
                everySeconds: try reader.number("every_seconds", in: 0...86_400) ?? 0.1
            )
            return (fault, ["bytes", "every_seconds"])
        case "retired": return (.retired, [])
        case "duplicate_usage": return (.duplicateUsage, [])
        case "outage":
            let start = try reader.seconds("from_seconds")
            let end = try reader.seconds("to_seconds")
            guard start < end else { throw reader.error("to_seconds", "must be later than from_seconds") }
            let answer = try answer(reader, model: model, default: 503)
            return (
                .outage(fromSeconds: start, toSeconds: end, answer), Self.answer.union(["from_seconds", "to_seconds"])
            )
        default:
            throw reader.error("kind", "unknown kind \"\(kind)\"; there are: \(Self.kinds.joined(separator: ", "))")
        }
    }

    static let kinds = [
        "pass", "status", "reset_before_headers", "silent", "slow_headers", "slow_first_token", "cut", "stall",
        "malformed_chunk", "missing_done", "wrong_content_type", "empty_choices", "endless_body",
        "garbage_status_line", "slow_body", "retired", "duplicate_usage", "outage",
    ]

    private static func answer(
        _ reader: ScriptReader,
        model: String,
        default defaultStatus: Int?
    ) throws(FaultScriptError) -> FaultyAnswer {
        let wait = try reader.integer("retry_after", in: 0...31_536_000)
        let status = try reader.integer("status", in: 200...599)
        var error: PlatformError
        if let name = try reader.string("error") {
            guard let named = NamedError(rawValue: name) else {
                let names = NamedError.allCases.map(\.rawValue).joined(separator: ", ")
                throw reader.error("error", "unknown error \"\(name)\"; there are: \(names)")
            }
            error = named.error(model: model == "*" ? "openai/gpt-4o" : model, wait: wait)
            if let status { error.status = status }
        } else if let status = status ?? defaultStatus {
            error = .simulatedFault(status)
        } else {
            throw reader.error("status", "is missing; give a status, or an error by name")
        }
        if let body = reader["body"] {
            error.body = body.string.map { Array($0.utf8) } ?? Array(body.raw)
        }
        if let wait { error.set("retry-after", String(wait)) }
        for (name, value) in try reader.headers() { error.set(name, value) }
        return FaultyAnswer(error)
    }
}

extension PlatformError {
    fileprivate static func simulatedFault(_ status: Int) -> PlatformError {
        status == 500
            ? .serverError : openAI(status, "The service answered \(status) (simulated fault).", type: "server_error")
    }

    fileprivate mutating func set(_ name: String, _ value: String) {
        let name = name.lowercased()
        if name == "content-type" {
            contentType = value
        } else {
            headers.removeAll { $0.name == name }
            headers.append(HeaderField(name, value))
        }
    }
}
