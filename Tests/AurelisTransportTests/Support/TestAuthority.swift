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
        for (name, identity) in [("good", "DNS:localhost,IP:127.0.0.1"), ("other", "DNS:other.example")] {
            script += """
                openssl req \(newKey) -keyout \(name).key -out \(name).csr -subj '/CN=\(name)'
                echo 'subjectAltName=\(identity)' > \(name).ext
                openssl x509 -req -in \(name).csr -CA ca.pem -CAkey ca.key -CAcreateserial -out \(name).pem -days 2 \
                    -extfile \(name).ext

                """
        }
        _ = try shell(script, in: directory)
    }

    /// A server's side: `good` is for localhost and 127.0.0.1, `other` for another host.
    func server(_ name: String = "good", maximum: TLSVersion? = nil) throws -> TLSConfiguration {
        let chain = try NIOSSLCertificate.fromPEMFile(directory.appendingPathComponent("\(name).pem").path)
        let key = try NIOSSLPrivateKey(file: directory.appendingPathComponent("\(name).key").path, format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        configuration.applicationProtocols = ["http/1.1"]
        configuration.maximumTLSVersion = maximum
        return configuration
    }
}
