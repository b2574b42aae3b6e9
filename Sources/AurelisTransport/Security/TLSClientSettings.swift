package import AurelisTLS

/// How the servers of https origins are authenticated, and how the client presents itself to them.
///
///     var settings = TLSClientSettings()
///     settings.additionalRootsFile = "/etc/aurelis/company-ca.pem"
///     settings.pins = PublicKeyPins([try PublicKeyPin(parsing: "sha256/…")])
package struct TLSClientSettings: Sendable, Hashable {
    /// A client's certificate and its key, in PEM files.
    package struct ClientCertificate: Sendable, Hashable {
        /// The certificate, behind it those that lead to its root.
        package var certificateFile: String
        /// Its private key.
        package var keyFile: String

        /// A certificate and its key.
        package init(certificateFile: String, keyFile: String) {
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }
    }

    /// The lowest version that is accepted.
    package var minimumVersion = TLSMinimum.tls13
    /// A PEM file with the only roots that are trusted; nil: the system's are.
    package var rootsFile: String?
    /// A PEM file with roots that are trusted besides.
    package var additionalRootsFile: String?
    /// What is presented to servers that ask for it.
    package var clientCertificate: ClientCertificate?
    /// Which keys a server must have, besides a certificate that is trusted; nil: any.
    package var pins: PublicKeyPins?

    /// TLS 1.3 and the system's roots.
    package init() {}
}
