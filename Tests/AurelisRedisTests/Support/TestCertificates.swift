import Foundation

/// A certificate authority and a server certificate for 127.0.0.1, made by openssl in a directory.
struct TestCertificates {
    struct Failed: Error {}

    let authority: String
    let certificate: String
    let key: String

    init(in directory: URL) throws {
        authority = directory.appendingPathComponent("ca.pem").path
        certificate = directory.appendingPathComponent("server.pem").path
        key = directory.appendingPathComponent("server.key").path
        let newKey = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.currentDirectoryURL = directory
        process.standardError = FileHandle.nullDevice
        process.arguments = [
            "-ec",
            """
            openssl req -x509 \(newKey) -keyout ca.key -out ca.pem -subj '/CN=Test CA' -days 2
            openssl req \(newKey) -keyout server.key -out server.csr -subj '/CN=redis'
            echo 'subjectAltName=DNS:localhost,IP:127.0.0.1' > server.ext
            openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out server.pem -days 2 \
                -extfile server.ext
            """,
        ]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed() }
    }
}

extension TestCertificates {
    /// Made once for all tests.
    static let shared: Result<TestCertificates, any Error> = Result {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "redis-tests-\(UUID().uuidString)"
        )
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        atexit {
            guard let authority = try? TestCertificates.shared.get().authority else { return }
            try? FileManager.default.removeItem(at: URL(fileURLWithPath: authority).deletingLastPathComponent())
        }
        return try TestCertificates(in: directory)
    }
}
