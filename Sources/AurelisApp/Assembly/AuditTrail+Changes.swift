internal import Aurelis
internal import AurelisStorage
package import Logging

/// What commands say that change who may come in.
extension AuditTrail {
    /// The trail of a command that works for a moment. To be closed.
    ///
    /// - Throws: `ConfigurationError` when a log shall be kept but has no key.
    package static func ofCommand(
        _ configuration: Configuration,
        environment: [String: String],
        logger: Logger
    ) throws(ConfigurationError) -> AuditTrail {
        let factory = AuditFactory(environment: environment, clock: .system, time: SystemTimeSource(), logger: logger)
        return AuditTrail(try factory.log(configuration, isBrief: true), clock: .system)
    }

    /// A key or a credential was made, exchanged or taken away.
    ///
    /// - Parameters:
    ///   - action: such as `key_created`.
    ///   - place: what it opens: `gateway`, `admin`, or a provider.
    ///   - key: its public name, if it has one.
    package func changed(_ action: String, of place: String, key: String? = nil) {
        log?.append(.authentication(AuditAuthentication(time: now, action: action, place: place, key: key)))
    }

    /// Writes what was said until now.
    package func flush() { log?.flush() }

    /// Writes what was said, and ends.
    package func close() { log?.close() }
}
