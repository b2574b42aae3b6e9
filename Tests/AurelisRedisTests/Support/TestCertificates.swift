import AurelisTestSupport
import Foundation

/// A certificate authority and a server certificate for 127.0.0.1, made by openssl in a directory.
struct TestCertificates {
    struct Failed: Error {}

    let authority: String
    let certificate: String
    let key: String

    private init(in directory: URL) async throws {
        authority = directory.appendingPathComponent("ca.pem").path
        certificate = directory.appendingPathComponent("server.pem").path
        key = directory.appendingPathComponent("server.key").path
        let newKey = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
        let script = """
            cd '\(directory.path)'
            openssl req -x509 \(newKey) -keyout ca.key -out ca.pem -subj '/CN=Test CA' -days 2
            openssl req \(newKey) -keyout server.key -out server.csr -subj '/CN=redis'
            echo 'subjectAltName=DNS:localhost,IP:127.0.0.1' > server.ext
            openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out server.pem -days 2 \
                -extfile server.ext
            """
        guard try await ChildProcess("/bin/sh", ["-ec", script]).end() == 0 else { throw Failed() }
    }
}

extension TestCertificates {
    private static let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
        "redis-tests-\(UUID().uuidString)"
    )

    /// Made once for all tests.
    static let shared = Task {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        atexit { try? FileManager.default.removeItem(at: TestCertificates.directory) }
        return try await TestCertificates(in: directory)
    }
}
