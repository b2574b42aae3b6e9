/// The lowest version of TLS that is accepted.
package enum TLSMinimum: String, Sendable, Hashable, CaseIterable {
    /// TLS 1.2, for a peer that cannot do better.
    case tls12 = "1.2"
    /// TLS 1.3.
    case tls13 = "1.3"
}
