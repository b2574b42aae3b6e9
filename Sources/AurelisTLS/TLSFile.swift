package import NIOSSL

/// Reads certificates and keys, and says what is wrong with a file.
package enum TLSFile {
    /// The certificates of a PEM file; at least one.
    package static func certificates(_ path: String) throws(TLSFileError) -> [NIOSSLCertificate] {
        let certificates: [NIOSSLCertificate]
        do {
            certificates = try NIOSSLCertificate.fromPEMFile(path)
        } catch {
            throw TLSFileError(path, "cannot be read as certificates in PEM", error)
        }
        guard !certificates.isEmpty else { throw TLSFileError(path, "holds no certificate in PEM") }
        return certificates
    }

    /// A certificate with its chain, and the key that goes with it.
    package static func identity(
        certificate: String,
        key keyFile: String
    ) throws(TLSFileError) -> ([NIOSSLCertificate], NIOSSLPrivateKey) {
        let chain = try certificates(certificate)
        let key: NIOSSLPrivateKey
        do {
            key = try NIOSSLPrivateKey(file: keyFile, format: .pem)
        } catch {
            throw TLSFileError(keyFile, "cannot be read as a private key in PEM, without passphrase", error)
        }
        do {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.trustRoots = .certificates(chain)
            configuration.certificateChain = chain.map { .certificate($0) }
            configuration.privateKey = .privateKey(key)
            _ = try NIOSSLContext(configuration: configuration)
        } catch {
            throw TLSFileError(keyFile, "is not the key of the certificate in \(certificate)", error)
        }
        return (chain, key)
    }
}

/// What is wrong with a file of certificates or keys.
package struct TLSFileError: Error, Sendable, CustomStringConvertible {
    /// The file.
    package var path: String
    /// What is wrong with it, for a person.
    package var message: String
    /// Why, when there is more to say.
    package var cause: String?

    init(_ path: String, _ message: String, _ cause: (any Error)? = nil) {
        self.path = path
        self.message = message
        self.cause = cause.flatMap(TLSFault.words)
    }

    /// One line for logs.
    package var description: String {
        "\(path) \(message)" + (cause.map { " (\($0))" } ?? "")
    }
}
