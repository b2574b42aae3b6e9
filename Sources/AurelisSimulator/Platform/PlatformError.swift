internal import AurelisJSON

/// A refusal as the platform writes it.
struct PlatformError: Error, Sendable, Hashable {
    var status: Int
    var headers: [HeaderField] = []
    var contentType: String? = "application/json; charset=utf-8"
    var body: [UInt8]

    init(_ status: Int, body: [UInt8], headers: [HeaderField] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// An error object with the members that are given, in the order the platform uses.
    init(_ status: Int, headers: [HeaderField] = [], _ write: (inout JSONWriter) -> Void) {
        var json = JSONWriter()
        json.object { $0.object("error", write) }
        self.init(status, body: json.bytes, headers: headers)
    }

    /// The form in which `details` repeats the message.
    static func detailed(
        _ status: Int,
        _ code: String,
        _ message: String,
        headers: [HeaderField] = []
    ) -> PlatformError {
        PlatformError(status, headers: headers) { json in
            json.field("code", code)
            json.field("message", message)
            json.field("details", message)
        }
    }

    /// OpenAI's own form.
    static func openAI(
        _ status: Int,
        _ message: String,
        type: String = "invalid_request_error",
        parameter: String? = nil,
        code: String? = nil
    ) -> PlatformError {
        PlatformError(status) { json in
            json.field("message", message)
            json.field("type", type)
            json.field("param", orNull: parameter)
            json.field("code", orNull: code)
        }
    }
}

/// A header of an answer.
struct HeaderField: Sendable, Hashable {
    var name: String
    var value: String

    init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}
