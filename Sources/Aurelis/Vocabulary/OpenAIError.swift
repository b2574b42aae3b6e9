internal import AurelisJSON

/// Failures as OpenAI's clients expect them: a status, and a document `{"error":{…}}`.
package enum OpenAIError {
    /// The answer to a request that failed.
    ///
    /// A provider's own error body is passed on with the provider's status; what it lacks of OpenAI's shape is added,
    /// and all other bytes stay.
    package static func answer(to error: ModelError) -> (status: Int, body: [UInt8]) {
        if let status = error.status, 400..<600 ~= status, let body = providersBody(error, type: type(of: status)) {
            return (status, body)
        }
        let status = status(of: error)
        return (status, ownBody(error, type: type(of: status)))
    }

    /// The document alone, where the status has already been sent.
    package static func document(_ error: ModelError) -> [UInt8] {
        let type = type(of: status(of: error))
        return providersBody(error, type: type).flatMap { $0.contains(0x0A) || $0.contains(0x0D) ? nil : $0 }
            ?? ownBody(error, type: type)
    }

    /// A document of one's own.
    package static func document(status: Int, message: String, parameter: String? = nil, code: String) -> [UInt8] {
        body(message: message, type: type(of: status), parameter: parameter, code: code)
    }

    /// The status of an error that has no provider's body to pass on.
    private static func status(of error: ModelError) -> Int {
        let upstream = error.status ?? 0
        return switch error.category {
        case .authentication: 401
        case .permission, .security: 403
        case .rateLimit, .quota: 429
        case .invalidRequest: 400..<500 ~= upstream ? upstream : 400
        case .contextLength: upstream == 400 ? 400 : 413
        case .contentFilter: 400
        case .modelUnavailable: error.isUnknownModel ? 404 : 503
        case .retired: 410
        case .timeout, .notCached: 504
        case .connection: 502
        case .upstream: 500..<600 ~= upstream ? upstream : 502
        case .cancelled: 499
        case .overloaded: 503
        default: 500
        }
    }

    private static func type(of status: Int) -> String {
        switch status {
        case 401: "authentication_error"
        case 403: "permission_error"
        case 404: "not_found_error"
        case 429: "rate_limit_error"
        case 500...: "server_error"
        default: "invalid_request_error"
        }
    }

    private static func ownBody(_ error: ModelError, type: String) -> [UInt8] {
        body(
            message: error.hint.map { "\(error.message) (\($0))" } ?? error.message,
            type: type,
            parameter: error.parameter,
            code: error.code ?? error.category.rawValue
        )
    }

    private static func body(message: String, type: String, parameter: String?, code: String) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("error")
        json.beginObject()
        json.field("message", message)
        json.field("type", type)
        json.key("param")
        if let parameter { json.string(parameter) } else { json.null() }
        json.field("code", code)
        json.endObject()
        json.endObject()
        return json.bytes
    }

    /// The provider's error document, with every member that clients of OpenAI look for; nil when there is none.
    private static func providersBody(_ error: ModelError, type: String) -> [UInt8]? {
        guard let body = error.body, var document = try? JSONDocument(body), let object = document["error"],
            object.kind == .object, var shaped = try? JSONDocument(Array(object.raw))
        else { return nil }
        let code = error.code ?? error.category.rawValue
        let members: [(String, JSONFragment)] = [
            ("message", .string(error.message)), ("type", .string(type)),
            ("param", error.parameter.map { .string($0) } ?? .null), ("code", .string(code)),
        ]
        let missing = members.filter { shaped[$0.0] == nil }
        guard !missing.isEmpty else { return body }
        for (name, value) in missing { shaped.set(name, to: value) }
        document.set("error", to: .raw(shaped.root))
        return document.bytes
    }
}
