package import AurelisTransport

extension Configuration {
    /// How commands reach the control plane of a running gateway, where that does not follow from how it listens.
    package struct AdminClient: Sendable, Equatable {
        /// Its address; nil: where it listens.
        package var url: String?
        /// A PEM file with the only roots that may vouch for it; nil: the system's, and the listener's own certificate.
        package var rootsFile: String?
        /// What commands show to a control plane that asks for a certificate.
        package var certificate: TLSClientSettings.ClientCertificate?

        /// As it listens.
        package init() {}
    }
}

extension Configuration.AdminClient {
    init(reading admin: SettingsReader) throws(ConfigurationError) {
        let section = try admin.section("client", knowing: ["url", "ca", "certificate", "key"])
        if let text = try section.string("url") {
            do { _ = try HTTPOrigin(parsing: text) } catch {
                throw section.error(
                    "is no address: \(error.message)",
                    at: "url",
                    suggestion: "such as https://gateway.example.com:8788"
                )
            }
            url = text
        }
        rootsFile = try section.string("ca")
        switch (try section.string("certificate"), try section.string("key")) {
        case (nil, nil): break
        case (let file?, let key?): certificate = .init(certificateFile: file, keyFile: key)
        case (_?, nil): throw section.error("is missing: the key of the certificate", at: "key")
        case (nil, _?): throw section.error("is missing: the certificate of the key", at: "certificate")
        }
    }
}
