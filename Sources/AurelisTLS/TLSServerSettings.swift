/// How a listener presents itself, and whether its clients must.
///
///     var settings = TLSServerSettings(certificateFile: "gateway.pem", keyFile: "gateway.key")
///     settings.clients = .required(rootsFile: "clients-ca.pem")
package struct TLSServerSettings: Sendable, Hashable {
    /// Whether clients have certificates.
    package enum Clients: Sendable, Hashable {
        /// Nobody asks for them.
        case anonymous
        /// Who has one of these roots shows it; a wrong one is refused.
        case optional(rootsFile: String)
        /// Nobody without one of these roots is served.
        case required(rootsFile: String)

        var rootsFile: String? {
            switch self {
            case .anonymous: nil
            case .optional(let file), .required(let file): file
            }
        }
    }

    /// A PEM file with the certificate, behind it those that lead to its root.
    package var certificateFile: String
    /// A PEM file with its private key.
    package var keyFile: String
    /// Whether clients have certificates.
    package var clients = Clients.anonymous
    /// The lowest version that is accepted.
    package var minimumVersion = TLSMinimum.tls13

    /// TLS 1.3 with a certificate, and clients without.
    package init(certificateFile: String, keyFile: String) {
        self.certificateFile = certificateFile
        self.keyFile = keyFile
    }
}
