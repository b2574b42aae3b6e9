/// The answer of a step that answers itself.
package struct FaultyAnswer: Sendable, Hashable {
    var error: PlatformError

    init(_ error: PlatformError) { self.error = error }

    /// An answer as it is to be sent.
    package init(
        status: Int,
        body: String,
        contentType: String? = "application/json",
        headers: [(name: String, value: String)] = []
    ) {
        error = PlatformError(
            status,
            body: Array(body.utf8),
            headers: headers.map { HeaderField($0.name.lowercased(), $0.value) }
        )
        error.contentType = contentType
    }
}
