import AurelisJSON
import Logging
import Synchronization
import Testing

@testable import Aurelis

@Suite("Safety: redaction")
struct RedactionTests {
    @Test("nothing of a secret is left in a text, and everything else stays")
    func text() {
        for secret in SeededSecret.all(seed: 21) {
            for place in SecretPlace.all {
                let redacted = Redaction.standard.text(place.text(with: secret))
                #expect(!redacted.contains(secret.value), "\(redacted)")
                #expect(redacted.contains("[redacted:\(secret.kind)]"))
                #expect(redacted.hasPrefix(place.before) && redacted.hasSuffix(place.after))
            }
        }
        #expect(Redaction.standard.text("write a tokenizer") == "write a tokenizer")
    }

    @Test("JSON stays JSON")
    func json() throws {
        for secret in SeededSecret.all(seed: 22) + [.pem(seed: 22)] {
            let text = SecretPlace.all[2].text(with: secret)
            let body = JSONFragment.object([
                ("messages", .array([.object([("content", .string(text))])])),
                ("nested", .string(JSONFragment.string(text).description)),
            ]).bytes
            let redacted = try JSONDocument(Redaction.standard.json(body))
            #expect(!redacted.description.contains(secret.value))
            #expect(redacted["messages"]?[0]?["content"]?.string?.contains("[redacted:\(secret.kind)]") == true)
            #expect(
                !redacted.description.contains(JSONFragment.string(secret.value).description.dropFirst().dropLast())
            )
        }
    }

    @Test("a credential in use is found whatever it looks like, also in a URL")
    func known() {
        let known = KnownSecrets()
        known.insert("tschüß/welt")
        known.insert("Blue-Elephant")
        known.insert("short")
        let redaction = Redaction(known: known)
        #expect(redaction.text("401 for Blue-Elephant!") == "401 for [redacted:credential]!")
        #expect(redaction.text("Blue-ElephantBlue-Elephant") == "[redacted:credential][redacted:credential]")
        #expect(redaction.text("a?k=tsch%C3%BC%C3%9F%2Fwelt") == "a?k=[redacted:credential]")
        #expect(redaction.text("a short Blue-Elephan") == "a short Blue-Elephan")
    }

    @Test("a logger's messages, metadata of every depth and errors hold no secret and no line end")
    func logger() {
        struct Failure: Error { let text: String }
        let lines = LogLines()
        var logger = Logger(label: "test") { _ in RedactingLogHandler(lines.handler) }
        logger.logLevel = .trace
        let secrets = SeededSecret.all(seed: 23)
        for secret in secrets {
            let text = SecretPlace.all[0].text(with: secret)
            logger[metadataKey: "own"] = "\(text)"
            logger.info(
                "failed: \(text)\nforged line",
                metadata: [
                    "a": "\(text)", "b": .array([.string(text), .dictionary(["c": .string(text)])]),
                    "d": .stringConvertible(text), "url": "https://host/path?x=\(text)",
                ]
            )
            logger.error("failed", error: Failure(text: text))
        }
        let output = lines.text
        for secret in secrets { #expect(!output.contains(secret.value), "\(secret.kind)") }
        #expect(output.contains("\\nforged line") && !output.contains("\nforged line"))
    }

    @Test("a value whose name promises a secret is hidden")
    func names() {
        let lines = LogLines()
        let logger = Logger(label: "test") { _ in RedactingLogHandler(lines.handler) }
        logger.error("x", metadata: ["db_password": "kT9#mQ2vX!", "max_tokens": "100", "token_count": "3"])
        #expect(!lines.text.contains("kT9#mQ2vX!"))
        #expect(lines.text.contains("100") && lines.text.contains("token_count=3"))
    }

    @Test(
        "control characters become escapes",
        arguments: [
            ("a\nb", "a\\nb"), ("a\r\nb", "a\\r\\nb"), ("a\u{1B}[2Jb", "a\\u{1b}[2Jb"), ("a\u{202E}b", "a\\u{202e}b"),
            ("grüße 🙂", "grüße 🙂"), ("a\u{0}b\u{85}", "a\\u{0}b\\u{85}"),
        ]
    )
    func control(text: String, expected: String) {
        #expect(LogText.singleLine(text) == expected)
    }
}

/// Keeps what is logged.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    var text: String { lines.withLock { $0.joined(separator: "\n") } }

    var handler: some LogHandler { Handler(lines: self) }

    private func add(_ line: String) { lines.withLock { $0.append(line) } }

    private struct Handler: LogHandler {
        let lines: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace
        var metadataProvider: Logger.MetadataProvider?

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }.map { "\($0.key)=\($0.value)" }.sorted()
            lines.add("\(event.message) \(all.joined(separator: " ")) \(event.error.map { "\($0)" } ?? "")")
        }
    }
}
