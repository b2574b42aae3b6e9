internal import Aurelis
internal import AurelisStorage
internal import Foundation
internal import Logging

/// Makes the audit log that a configuration describes.
struct AuditFactory: Sendable {
    let environment: [String: String]
    let clock: WallClock
    let time: any TimeSource
    let logger: Logger
    /// Takes secrets out of what is recorded.
    var redact: @Sendable (String) -> String = { Redaction.standard.text($0) }

    /// The log; nil: none is wanted.
    ///
    /// - Parameter isBrief: whether the process works for a moment only.
    /// - Throws: `ConfigurationError` when it shall be kept, but has no key.
    func log(_ configuration: Configuration, isBrief: Bool) throws(ConfigurationError) -> AuditLog? {
        let audit = configuration.audit
        guard audit.isEnabled, !configuration.dataDirectory.isEmpty else { return nil }
        // A key that is named and not there is a mistake; one of its own the log makes when it has something to write.
        if audit.key != nil { _ = try AuditKeys.ring(configuration, environment: environment, makes: false) }
        var rules = AuditRules()
        rules.complianceLevel = audit.complianceLevel
        rules.isSimulated = configuration.simulates
        rules.process = ProcessInfo.processInfo.processIdentifier
        rules.redact = redact
        let log = AuditLog(
            directory: AuditDirectory(dataDirectory: configuration.dataDirectory),
            keys: { [environment] in try AuditKeys.ring(configuration, environment: environment, makes: true) },
            settings: audit.settings,
            rules: rules,
            isBrief: isBrief,
            time: time,
            clock: clock,
            logger: logger
        )
        // Who refuses what cannot be recorded must know so before the first request.
        if audit.settings.onFailure == .block { log.open() }
        return log
    }
}
