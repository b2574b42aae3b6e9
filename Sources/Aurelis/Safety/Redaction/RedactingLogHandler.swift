public import Logging

/// A log handler in front of another that lets no credential and no line end through.
///
///     let logger = Logger(label: "aurelis") { RedactingLogHandler(StreamLogHandler.standardError(label: $0)) }
///
/// Messages, errors and metadata of every depth pass `Redaction`. Control characters become escapes, so that no text can
/// forge a line or move a terminal's cursor.
public struct RedactingLogHandler: LogHandler {
    private var handler: any LogHandler
    private let redaction: Redaction

    /// A handler in front of another.
    public init(_ handler: any LogHandler, redaction: Redaction = .standard) {
        self.handler = handler
        self.redaction = redaction
        metadata = handler.metadata
        metadataProvider = handler.metadataProvider
    }

    /// Passes an event on without its credentials.
    public func log(event: LogEvent) {
        var event = event
        event.message = Logger.Message(stringLiteral: clean(event.message.description))
        var metadata = event.metadata ?? [:]
        if let error = event.error {
            event.error = nil
            metadata["error.message"] = "\(error)"
            metadata["error.type"] = "\(String(reflecting: type(of: error)))"
        }
        event.metadata = metadata.isEmpty ? nil : clean(metadata)
        handler.log(event: event)
    }

    /// A value of every later event; it is cleaned when it is set.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { handler[metadataKey: key] }
        set { handler[metadataKey: key] = newValue.map(clean) }
    }

    /// What every event carries; it is cleaned when it is set.
    public var metadata: Logger.Metadata {
        get { handler.metadata }
        set { handler.metadata = clean(newValue) }
    }

    /// From which level on events are passed on.
    public var logLevel: Logger.Level {
        get { handler.logLevel }
        set { handler.logLevel = newValue }
    }

    /// Where more metadata comes from.
    public var metadataProvider: Logger.MetadataProvider? {
        get { handler.metadataProvider }
        set { handler.metadataProvider = newValue.map(clean) }
    }

    /// The same with cleaned values: the handler behind asks it itself.
    private func clean(_ provider: Logger.MetadataProvider) -> Logger.MetadataProvider {
        Logger.MetadataProvider { clean(provider.get()) }
    }

    private func clean(_ metadata: Logger.Metadata) -> Logger.Metadata {
        var cleaned: Logger.Metadata = [:]
        for (key, value) in metadata { cleaned[clean(key)] = clean(value, behind: key) }
        return cleaned
    }

    private func clean(_ value: Logger.MetadataValue) -> Logger.MetadataValue { clean(value, behind: "") }

    /// - Parameter key: may promise that a value is a secret.
    private func clean(_ value: Logger.MetadataValue, behind key: String) -> Logger.MetadataValue {
        switch value {
        case .string(let text): .string(clean(text, behind: key))
        case .stringConvertible(let object): .string(clean(object.description, behind: key))
        case .array(let values): .array(values.map { clean($0, behind: key) })
        case .dictionary(let metadata): .dictionary(clean(metadata))
        }
    }

    private func clean(_ text: String, behind key: String) -> String {
        let cleaned = clean(text)
        guard SecretName.promisesSecret(key), SecretName.isValue(text, of: key) else { return cleaned }
        return "[redacted:\(SecretKind.literal)]"
    }

    private func clean(_ text: String) -> String { LogText.singleLine(redaction.text(text)) }
}

extension SecretName {
    /// Whether a name alone promises that what it names is a secret.
    fileprivate static func promisesSecret(_ name: String) -> Bool {
        var name = name
        return name.withUTF8 { bytes in
            guard let base = bytes.baseAddress else { return false }
            let text = SecretText(base, count: bytes.count)
            return SecretName.mayEnd(text, bytes.count) && SecretName(text, endingAt: bytes.count) != nil
        }
    }

    /// Whether a text is what such a name promises.
    fileprivate static func isValue(_ text: String, of name: String) -> Bool {
        !SecretDetector().findings(in: "\(name)=\"\(text)\"").isEmpty
    }
}
