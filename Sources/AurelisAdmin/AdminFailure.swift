internal import AurelisJSON
internal import HTTPTypes

/// Why the control plane does not do what it was asked to, in the shape that the data plane uses too.
///
///     throw AdminFailure(.conflict, code: "name_taken", "there is already a key \"ci\"")
struct AdminFailure: Error {
    var status: HTTPResponse.Status
    /// For programs.
    var code: String
    /// For people.
    var message: String
    /// The member or parameter that is wrong.
    var parameter: String?
    /// More about it, beside the message.
    var details: JSONFragment?
    /// Fields of the answer.
    var fields = HTTPFields()

    init(_ status: HTTPResponse.Status, code: String, _ message: String, parameter: String? = nil) {
        self.status = status
        self.code = code
        self.message = message
        self.parameter = parameter
    }

    /// A body that cannot be understood.
    static func body(_ message: String, parameter: String? = nil) -> AdminFailure {
        AdminFailure(.badRequest, code: "invalid_request", message, parameter: parameter)
    }

    /// A parameter of the query that cannot be understood.
    static func query(_ name: String, _ message: String) -> AdminFailure {
        AdminFailure(.badRequest, code: "invalid_query", "'\(name)' \(message)", parameter: name)
    }
}
