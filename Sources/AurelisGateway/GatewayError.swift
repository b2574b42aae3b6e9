/// Why the gateway cannot serve.
package struct GatewayError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    package var code: Code
    /// What went wrong and what to do, for a person.
    package var message: String

    /// A failure.
    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    package var description: String { message }
}

extension GatewayError {
    /// A kind of failure. Open: later versions may add kinds.
    package struct Code: RawRepresentable, Hashable, Sendable {
        /// The stable name.
        package let rawValue: String

        /// A code by its stable name.
        package init(rawValue: String) { self.rawValue = rawValue }

        /// Somebody else listens on the port.
        package static let addressInUse = Code(rawValue: "address_in_use")
        /// The system forbids the port to this user.
        package static let addressForbidden = Code(rawValue: "address_forbidden")
        /// The host is not an address of this machine.
        package static let addressUnavailable = Code(rawValue: "address_unavailable")
        /// Listening failed in another way.
        package static let cannotListen = Code(rawValue: "cannot_listen")
    }
}
