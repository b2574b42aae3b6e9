import AurelisJSON
import AurelisStorage
import AurelisTesting
import Foundation
import Logging
import Synchronization
import Testing

@testable import AurelisApp

/// Texts of a request that would begin a line of their own, or move the cursor of whoever reads one.
@Suite("The app: forged lines")
struct LogInjectionTests {
    /// Ends a line in every way there is, begins what looks like the next one, and steers a terminal.
    private static let forged =
        "x\r\n2026-01-01T00:00:00+0000 critical aurelis: FORGED\n{\"seq\":1,\"event\":\"FORGED\"}"
        + "\u{1B}]0;FORGED\u{7}\u{1B}[2J\u{9B}2J\u{85}\u{2028}\u{202E}\u{0}"

    private static func json(_ text: String) throws -> String {
        String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
    }

    /// What is forged goes in by every field that a log or the history may show.
    private func send(to app: RunningApp) async throws {
        let text = try Self.json(Self.forged)
        let bodies = [
            #"{"model":\#(text),"messages":[{"role":"user","content":\#(text)}]}"#,
            #"{"model":"gpt-4o","messages":[{"role":"user","content":\#(text)}],"user":\#(text),"metadata":{\#(text):\#(text)}}"#,
            #"{"model":"gpt-4o","messages":[{"role":\#(text),"content":"x"}],"user":\#(text),"metadata":{"a":[\#(text)]}}"#,
            #"{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":\#(text)}],"tools":[{"type":\#(text)}]}"#,
            #"{"model":"gpt-4o","messages":\#(text)}"#, text,
        ]
        for body in bodies {
            _ = try await app.send("POST", "/v1/chat/completions", body: body)
            _ = try await app.send("POST", "/v1/embeddings", body: body)
        }
        for target in ["/v1/%0d%0aFORGED", "/v1/models/x%0d%0aFORGED%1b%5b2J", "/v1/files/%0aFORGED"] {
            _ = try await app.send("GET", target)
        }
        let fields = [
            "x-aurelis-task: \u{1B}[2JFORGED", "x-aurelis-task: a\rFORGED: b",
            "authorization: Bearer aurelis_\u{9B}FORGED",
            "x-aurelis-cache-tags: \u{202E}FORGED", "user-agent: \u{85}FORGED",
            "x-aurelis-fallback: gpt-4o\u{2028}FORGED",
        ]
        for field in fields {
            let body = #"{"model":"gpt-4o","messages":[{"role":"user","content":"x"}]}"#
            let head = "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.utf8.count)\r\n"
            _ = try await app.exchange(head + field + "\r\n\r\n" + body, with: app.addresses.gateway)
        }
    }

    @Test("no text of a request begins a line of the log or steers the terminal that shows it")
    func log() async throws {
        let log = WrittenLog()
        try await FaultyProvider.run(logger: log.logger) { provider async throws in
            try await send(to: provider.app)
            #expect(try await provider.ask("gpt-4o").status == 200)
        }
        let writes = log.writes
        #expect(writes.contains { $0.contains("FORGED") }, "nothing of it was logged, so nothing was shown")
        for line in writes {
            #expect(line.hasSuffix("\n") && line.first?.isNumber == true, "\(line.debugDescription)")
            let steers = line.dropLast().unicodeScalars.contains { scalar in
                scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) || (0x2028...0x202E).contains(scalar.value)
            }
            #expect(!steers, "\(line.debugDescription)")
        }
    }

    @Test("no text of a request begins a line of the audit log, with content and without", arguments: [true, false])
    func audit(withContent: Bool) async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("forged-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        try await FaultyProvider.run(
            configuration: "audit: { content: \(withContent) }",
            dataDirectory: directory.path
        ) { provider async throws in try await send(to: provider.app) }

        let bytes = try Data(contentsOf: directory.appendingPathComponent("audit/audit-00000001.jsonl"))
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        #expect(bytes.range(of: Data("FORGED".utf8)) != nil, "nothing of it was written, so nothing was shown")
        for (index, line) in lines.enumerated() {
            let document = try JSONDocument(Array(line))
            #expect(document["seq"]?.int == index + 1)
            #expect(document["event"]?.string?.contains("FORGED") == false)
            #expect(line.allSatisfy { $0 >= 0x20 })
        }
        var configuration = Configuration()
        configuration.dataDirectory = directory.path
        let report = try AuditVerification.run(
            AuditDirectory(dataDirectory: directory.path),
            keys: AuditKeys.ring(configuration, environment: [:], makes: false),
            anchors: []
        )
        #expect(report.broken == nil && report.entries == lines.count)
    }
}

/// A log as it is written to a terminal or a file, one write for each event.
private final class WrittenLog: TextOutputStream, Sendable {
    private let text = Mutex<[String]>([])

    var writes: [String] { text.withLock { $0 } }

    func write(_ string: String) { text.withLock { $0.append(string) } }

    /// As the command makes it; the app puts the handler in front that cleans.
    var logger: Logger {
        var logger = Logger(label: "aurelis") { StreamLogHandler(label: $0, stream: self) }
        logger.logLevel = .trace
        return logger
    }
}
