/// Why a request got no complete response: one typed error for everything below HTTP status codes.
///
///     do throws(TransportError) {
///         let response = try await client.send(request)
///     } catch where !error.requestMayHaveBeenProcessed {
///         // Nothing reached the server: sending it again wastes nothing.
///     }
package struct TransportError: Error, Sendable, Hashable {
    /// What kind of failure it is.
    package var code: Code
    /// What went wrong, for a person. Never holds header values or bodies.
    package var message: String
    /// Why, when there is more to say.
    package var cause: String?
    /// Whether the server may have acted on the request. False when it cannot have: a repetition is then safe.
    package var requestMayHaveBeenProcessed: Bool

    /// An error of a kind.
    package init(
        _ code: Code,
        _ message: String,
        cause: String? = nil,
        requestMayHaveBeenProcessed: Bool = false
    ) {
        self.code = code
        self.message = message
        self.cause = cause
        self.requestMayHaveBeenProcessed = requestMayHaveBeenProcessed
    }
}

extension TransportError {
    /// What went wrong and why, in one line for a person.
    package var readable: String { cause.map { "\(message) (\($0))" } ?? message }
}

extension TransportError: CustomStringConvertible {
    /// One line for logs.
    package var description: String {
        guard let cause else { return "\(code.rawValue): \(message)" }
        return "\(code.rawValue): \(message) (\(cause))"
    }
}
