internal import AurelisJSON

/// Refusals of requests that are wrong in themselves.
extension PlatformError {
    static func malformedJSON(_ error: JSONError) -> PlatformError {
        openAI(400, "We could not parse the JSON body of your request. \(error)")
    }

    /// A field that is missing or wrong: OpenAI's models answer 400, the others 422 with an array.
    static func invalid(_ parameter: String, _ message: String, for model: SimulatedModel?) -> PlatformError {
        guard let model, !model.isOpenAI else {
            return openAI(400, "Invalid value for '\(parameter)': \(message)", parameter: parameter)
        }
        return validation(parameter, message)
    }

    /// The 422 of models that are not OpenAI's: `error` is an array.
    static func validation(_ parameter: String, _ message: String) -> PlatformError {
        var json = JSONWriter()
        json.object { json in
            json.key("error")
            json.array(of: [parameter]) { json, parameter in
                json.field("type", "value_error")
                json.strings("loc", ["body"] + parameter.split(separator: ".").map(String.init))
                json.field("msg", message)
            }
        }
        return PlatformError(422, body: json.bytes)
    }

    static let bodyTooLarge = PlatformError(413) { json in
        json.field("code", "RequestEntityTooLarge")
        json.field("message", "Request body too large.")
    }

    static let badRequest = PlatformError(400) { json in
        json.field("code", "bad_request")
        json.field("message", "The request could not be understood.")
    }

    static func notFound(_ path: String) -> PlatformError {
        PlatformError(404) { json in
            json.field("code", "not_found")
            json.field("message", "Resource not found: \(path)")
        }
    }

    static func methodNotAllowed(_ methods: [String]) -> PlatformError {
        let allow = methods.joined(separator: ", ")
        return PlatformError(405, headers: [HeaderField("allow", allow)]) { json in
            json.field("code", "method_not_allowed")
            json.field("message", "Allowed here: \(allow)")
        }
    }
}
