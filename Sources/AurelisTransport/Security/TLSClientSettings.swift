/// How the servers of https origins are authenticated.
package struct TLSClientSettings: Sendable, Hashable {
    /// A protocol version.
    package enum Version: String, Sendable, Hashable {
        /// TLS 1.2, for an upstream that cannot do better.
        case tls12 = "1.2"
        /// TLS 1.3.
        case tls13 = "1.3"
    }

    /// The lowest version that is accepted.
    package var minimumVersion: Version = .tls13
    /// A PEM file with roots that are trusted besides the system's.
    package var additionalRootsFile: String?

    /// TLS 1.3 and the system's roots.
    package init() {}
}
