import Foundation

/// Certificates of an authority of one's own, made by openssl once for all tests.
struct TestCertificates {
    struct Failed: Error {}

    private let directory: URL

    static let shared = Result { try TestCertificates() }

    private init() throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("gateway-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        atexit {
            guard let directory = try? TestCertificates.shared.get().directory else { return }
            try? FileManager.default.removeItem(at: directory)
        }
        let newKey = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
        var script = """
            openssl req -x509 \(newKey) -keyout ca.key -out ca.pem -subj '/CN=Test CA' -days 2
            openssl req -x509 \(newKey) -keyout stranger.key -out stranger.pem -subj '/CN=stranger' -days 2

            """
        let identities = [
            ("first", "DNS:localhost,IP:127.0.0.1"), ("second", "DNS:localhost,IP:127.0.0.1"),
            ("client", "DNS:ci.example,email:ci@example.com,URI:spiffe://example/ci,IP:10.0.0.1"),
        ]
        for (name, names) in identities {
            script += """
                openssl req \(newKey) -keyout \(name).key -out \(name).csr -subj '/O=Example/CN=\(name)'
                echo 'subjectAltName=\(names)' > \(name).ext
                openssl x509 -req -in \(name).csr -CA ca.pem -CAkey ca.key -CAcreateserial -out \(name).pem -days 2 \
                    -extfile \(name).ext

                """
        }
        _ = try Self.shell(script, in: directory)
    }

    func path(_ file: String) -> String { directory.appendingPathComponent(file).path }

    /// The pin of a certificate's key, as openssl computes it.
    func pin(_ name: String) throws -> String {
        let digest = try Self.shell(
            """
            openssl x509 -in \(name).pem -pubkey -noout | openssl pkey -pubin -outform der \
                | openssl dgst -sha256 -binary | openssl base64
            """,
            in: directory
        )
        return "sha256/" + digest.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func shell(_ script: String, in directory: URL) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-ec", script]
        process.currentDirectoryURL = directory
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
