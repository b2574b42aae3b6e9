import Foundation
import NIOSSL

/// A certificate authority of one's own, with certificates for servers, made once for all tests.
struct TestAuthority {
    let rootsFile: String
    private let directory: URL

    static let shared = Result { try TestAuthority() }

    private init() throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "transport-tests-\(UUID().uuidString)"
        )
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        atexit {
            guard let directory = try? TestAuthority.shared.get().directory else { return }
            try? FileManager.default.removeItem(at: directory)
        }
        rootsFile = directory.appendingPathComponent("ca.pem").path
        let newKey = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
        var script = """
            openssl req -x509 \(newKey) -keyout ca.key -out ca.pem -subj '/CN=Test CA' -days 2

            """
        for (name, identity) in Self.identities {
            script += """
                openssl req \(newKey) -keyout \(name).key -out \(name).csr -subj '/CN=\(name)'
                printf '\(identity)' > \(name).ext
                openssl x509 -req -in \(name).csr -CA ca.pem -CAkey ca.key -CAcreateserial -out \(name).pem \
                    -days \(name == "expired" ? -1 : 2) -extfile \(name).ext

                """
        }
        // One that nobody but itself vouches for, and a root of which nobody knows.
        script += """
            openssl req -x509 \(newKey) -keyout self.key -out self.pem -subj '/CN=localhost' -days 2 \
                -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1'
            cat good.pem rotated.pem > decoy.pem
            cp good.key decoy.key
            """
        _ = try shell(script, in: directory)
    }

    /// Certificates with what they are for: `good` and the like are for localhost and 127.0.0.1.
    private static let identities = [
        ("good", #"subjectAltName=DNS:localhost,IP:127.0.0.1"#),
        ("rotated", #"subjectAltName=DNS:localhost,IP:127.0.0.1"#),
        ("expired", #"subjectAltName=DNS:localhost,IP:127.0.0.1"#),
        ("other", #"subjectAltName=DNS:other.example"#),
        ("clients", #"subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=clientAuth"#),
        ("servers", #"subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=critical,serverAuth"#),
    ]

    /// The pin of a certificate's key, as openssl computes it.
    func pin(_ name: String) throws -> String {
        let digest = try shell(
            """
            openssl x509 -in \(name).pem -pubkey -noout | openssl pkey -pubin -outform der \
                | openssl dgst -sha256 -binary | openssl base64
            """,
            in: directory
        )
        return "sha256/" + String(decoding: digest, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The path of a file: a certificate or a key.
    func path(_ file: String) -> String { directory.appendingPathComponent(file).path }

    /// A server's side.
    ///
    /// - Parameter asksClients: whether clients must have a certificate of the authority.
    func server(
        _ name: String = "good",
        maximum: TLSVersion? = nil,
        asksClients: Bool = false
    ) throws -> TLSConfiguration {
        let chain = try NIOSSLCertificate.fromPEMFile(directory.appendingPathComponent("\(name).pem").path)
        let key = try NIOSSLPrivateKey(file: directory.appendingPathComponent("\(name).key").path, format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        configuration.applicationProtocols = ["http/1.1"]
        configuration.maximumTLSVersion = maximum
        if asksClients {
            configuration.certificateVerification = .noHostnameVerification
            configuration.trustRoots = .file(rootsFile)
        }
        return configuration
    }
}
