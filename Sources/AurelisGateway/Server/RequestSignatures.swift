package import AurelisSigning

/// What the gateway asks of the signatures of requests (RFC 9421).
///
///     let signatures = RequestSignatures(verifier: verifier, isRequired: true)
package struct RequestSignatures: Sendable {
    /// Who verifies them.
    package var verifier: MessageVerifier
    /// Whether a request without one is refused. One that is there must be good in any case.
    package var isRequired: Bool
    /// The time of day, in seconds since 1970-01-01 UTC.
    package var now: @Sendable () -> Int64

    /// Rules.
    package init(verifier: MessageVerifier, isRequired: Bool, now: @escaping @Sendable () -> Int64) {
        self.verifier = verifier
        self.isRequired = isRequired
        self.now = now
    }
}
