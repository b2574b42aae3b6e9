package import Aurelis
internal import AurelisStorage

/// What the parts of a process say to its audit log, whether there is one or not.
///
///     engine.trail.authentication(.init(time: now, place: "gateway", reason: "unknown_key", address: address))
package struct AuditTrail: Sendable {
    let log: AuditLog?
    private let clock: WallClock

    init(_ log: AuditLog?, clock: WallClock) {
        self.log = log
        self.clock = clock
    }

    /// How the log is, for those who watch it; nil: there is none.
    package var condition: AuditCondition? { log?.condition }

    /// The time of day for an event.
    package var now: Int64 { clock.millisecondsSinceEpoch }

    /// Somebody was let in, or was not. Neither waits nor blocks.
    package func authentication(_ event: AuditAuthentication) { log?.append(.authentication(event)) }

    /// A rule of security applied. Neither waits nor blocks.
    package func security(_ event: AuditSecurity) { log?.append(.security(event)) }

    /// The configuration is in effect, from the start on.
    func started(_ configuration: Configuration) {
        let said = configuration.settings.filter(\.isSaid).map(\.path)
        log?.append(.configuration(AuditConfiguration(time: now, action: "start", settings: said)))
    }

    /// Another configuration is in effect.
    func reloaded(_ configuration: Configuration, instead old: Configuration) {
        let changed = Configuration.Setting.changes(from: old.settings, to: configuration.settings)
        log?.append(.configuration(AuditConfiguration(time: now, action: "reload", settings: changed)))
    }

    /// Another configuration was to be in effect, and is not.
    func refused(_ reason: any Error) {
        let event = AuditConfiguration(time: now, action: "reload_refused", settings: [], reason: "\(reason)")
        log?.append(.configuration(event))
    }
}
