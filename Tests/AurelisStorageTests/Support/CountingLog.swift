import Logging
import Synchronization

/// Keeps what is complained of.
final class CountingLog: Sendable {
    private let kept = Mutex<[String]>([])

    var messages: [String] { kept.withLock(\.self) }
    var warnings: Int { messages.count }

    var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

    private struct Handler: LogHandler {
        let log: CountingLog
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .warning

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { log.kept.withLock { $0.append("\(event.message)") } }
    }
}
