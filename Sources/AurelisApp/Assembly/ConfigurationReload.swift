internal import Aurelis
internal import AurelisAdmin
internal import AurelisStorage
internal import Dispatch
internal import Logging
internal import ServiceLifecycle
internal import Synchronization
internal import UnixSignals

/// Reads the configuration again, when a signal or the control plane asks for it. A file that cannot be used changes nothing.
final class ConfigurationReload: Sendable {
    /// How long files may take to be read: one may be a pipe, or on a server that does not answer.
    private static let patience: Duration = .seconds(4)

    private let engine: Engine
    private let security: ServerSecurity
    private let logger: Logger
    /// nil: there is nothing to read again.
    private let read: (@Sendable () throws -> Configuration)?
    /// What the process began with: what takes a restart is still this.
    private let beginning: [Configuration.Setting]
    private let latest: Mutex<[Configuration.Setting]>
    /// One at a time.
    private let queue = DispatchQueue(label: "aurelis.configuration", qos: .userInitiated)

    init(
        _ configuration: Configuration,
        engine: Engine,
        security: ServerSecurity,
        logger: Logger,
        read: (@Sendable () throws -> Configuration)?
    ) {
        self.engine = engine
        self.security = security
        self.logger = logger
        self.read = read
        beginning = configuration.settings
        latest = Mutex(configuration.settings)
    }

    /// Reads it and puts it into effect, and says so in the log.
    @discardableResult
    func reload() async -> ReloadOutcome {
        guard let read else { return .fixed }
        let commitment = Commitment()
        let outcome = await queue.ending(within: Self.patience) { [self] in apply(read, commitment) }
        guard let outcome else {
            guard commitment.abandon() else { return .unknown }
            logger.error("the configuration could not be read again in time; nothing has changed")
            return .late
        }
        return outcome
    }

    private func apply(
        _ read: @Sendable () throws -> Configuration,
        _ commitment: Commitment
    ) -> ReloadOutcome {
        do {
            let next = try read()
            let change = try security.prepare(next)
            guard commitment.commit() else { return .late }
            try engine.reload(next)
            security.apply(change)
            let old = latest.withLock { settings in
                defer { settings = next.settings }
                return settings
            }
            logger.notice("the configuration was read again and is in effect")
            let restart = RestartRules(from: beginning, to: next.settings)
            let changed = Configuration.Setting.changes(from: old, to: next.settings)
            return .applied(
                changed: changed.filter { !restart.applies(to: $0) },
                needsRestart: restart.changes
            )
        } catch {
            engine.trail.refused(error)
            logger.error("the configuration was read again and refused; nothing has changed: \(error)")
            return .refused(ConfigurationFault(error))
        }
    }
}

extension ConfigurationReload: ConfigurationDesk {
    var view: ConfigurationView {
        let latest = latest.withLock { $0 }
        let restart = RestartRules(from: beginning, to: latest)
        let settings = restart.effective.map { ConfigurationView.Setting($0) }
        let pending = latest.filter { restart.changes.contains($0.path) }.map { ConfigurationView.Setting($0) }
        return ConfigurationView(settings: settings, pending: pending, needsRestart: restart.changes)
    }
}

extension ConfigurationView.Setting {
    /// Once more without what looks like a credential, wherever somebody has written one.
    fileprivate init(_ setting: Configuration.Setting) {
        self.init(
            path: setting.path,
            value: Redaction.standard.text(setting.value),
            origin: setting.origin.map { "\($0)" }
        )
    }
}

extension ConfigurationFault {
    fileprivate init(_ error: any Error) {
        guard let error = error as? ConfigurationError else {
            self.init(text: "\(error)", message: "\(error)")
            return
        }
        self.init(text: Redaction.standard.text("\(error)"), message: Redaction.standard.text(error.message))
        path = error.path
        suggestion = error.suggestion
        switch error.origin {
        case .file(let name, let line, let column): (file, self.line, self.column) = (name, line, column)
        case let origin?: self.origin = "\(origin)"
        case nil: break
        }
    }
}

/// Reloads on SIGHUP.
struct ReloadingOnSignal: Service {
    let reload: ConfigurationReload

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            await reload.reload()
        }
    }
}
