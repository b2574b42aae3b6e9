/// A header field whose value is written to the wire from its own memory, is never a `String`, and is wiped from the
/// request when the exchange is over.
///
///     request.credential = ConfidentialField(name: "authorization", scheme: "Bearer ", value: secret)
package struct ConfidentialField: Sendable {
    /// The field's name.
    package var name: String
    /// What stands before the value, with the space after it: `Bearer `.
    package var scheme: String
    /// Who lends the value.
    package var value: any ConfidentialValue

    /// A field.
    package init(name: String, scheme: String = "", value: any ConfidentialValue) {
        self.name = name
        self.scheme = scheme
        self.value = value
    }
}

/// Somebody who lends bytes that are not to be copied without need.
package protocol ConfidentialValue: AnyObject, Sendable {
    /// Lends the bytes.
    func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result
}
