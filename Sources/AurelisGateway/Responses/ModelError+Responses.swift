internal import Aurelis
internal import AurelisJSON

extension ModelError {
    /// Something of a response's request is wrong.
    static func malformed(_ place: String, _ problem: String) -> ModelError {
        .refused(400, "'\(place)' \(problem)", parameter: place, code: "invalid_request")
    }

    /// Something is asked for that needs what Aurelis does not keep or have.
    static func unsupported(_ place: String, _ problem: String) -> ModelError {
        .refused(400, "'\(place)' \(problem)", parameter: place, code: "unsupported_parameter")
    }

    /// What became of a response, in the words of OpenAI's list.
    var responseCode: String {
        switch category {
        case .rateLimit, .quota: "rate_limit_exceeded"
        case .invalidRequest, .contextLength, .contentFilter: "invalid_prompt"
        default: "server_error"
        }
    }
}

extension JSONValue {
    /// What a caller wrote, short and without credentials, for a message about it.
    var quoted: String {
        let text = String(decoding: raw.prefix(256), as: UTF8.self)
        return String(Redaction.standard.text(text).prefix(64))
    }
}
