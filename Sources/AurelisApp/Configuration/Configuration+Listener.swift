internal import Aurelis
package import AurelisTLS

extension Configuration {
    /// Where a server listens.
    package struct Listener: Sendable, Equatable {
        /// An address of this machine.
        package var host = "127.0.0.1"
        /// Whether only this machine reaches it.
        package var isLocal: Bool { host == "localhost" || LoopbackName.isAddress(host) }
        /// A TCP port; 0: any free one.
        package var port: Int
        /// How it presents itself; nil: connections are not encrypted.
        package var tls: TLSServerSettings?
    }
}

extension TLSServerSettings {
    init?(reading name: String, of listener: SettingsReader) throws(ConfigurationError) {
        guard listener.has(name), !listener.isNull(name) else { return nil }
        let section = try listener.section(name, knowing: ["certificate", "key", "client_ca", "clients", "minimum"])
        guard let certificate = try section.string("certificate"), !certificate.isEmpty else {
            throw section.error("is missing: a PEM file, the listener's own certificate first", at: "certificate")
        }
        guard let key = try section.string("key"), !key.isEmpty else {
            throw section.error("is missing: a PEM file with the certificate's private key", at: "key")
        }
        self.init(certificateFile: certificate, keyFile: key)
        minimumVersion = try section.tlsMinimum("minimum", default: .tls13)
        let isRequired = try section.choice("clients", among: [("require", true), ("optional", false)], default: nil)
        switch (try section.string("client_ca"), isRequired) {
        case (let roots?, false): clients = .optional(rootsFile: roots)
        case (let roots?, _): clients = .required(rootsFile: roots)
        case (nil, nil): break
        case (nil, _?): throw section.error("is missing: who vouches for the clients", at: "client_ca")
        }
    }
}
