import AurelisTestSupport
import Foundation

/// `tinyproxy`.
enum TinyProxy {
    /// - Parameter login: user and password, divided by a space.
    static func run(login: String? = nil, _ body: (_ port: Int) async throws -> Void) async throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("proxy-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try await LocalProgram.run(
            { port in
                let configuration = """
                    Port \(port)
                    Listen 127.0.0.1
                    Allow 127.0.0.1
                    LogLevel Error
                    \(login.map { "BasicAuth \($0)" } ?? "")

                    """
                try configuration.write(to: file, atomically: true, encoding: .utf8)
                return ["tinyproxy", "-d", "-c", file.path]
            },
            body
        )
    }
}
