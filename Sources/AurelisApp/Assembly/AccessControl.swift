internal import Aurelis
internal import AurelisAdmin
internal import AurelisGateway
internal import AurelisStorage
internal import Logging
internal import ServiceLifecycle

/// The keys of a data directory, and what the two servers do with them.
struct AccessControl: Sendable {
    private let watch: AccessKeyWatch
    private let editor: AccessKeyEditor
    private let configuration: Configuration
    private let clock: WallClock

    /// Reads the keys.
    ///
    /// - Throws: `ConfigurationError` when they cannot be read, or when a server could be reached from other machines and
    ///   there is no key for it.
    static func open(
        _ configuration: Configuration,
        time: any TimeSource,
        logger: Logger
    ) throws(ConfigurationError) -> AccessControl {
        let file = AccessKeyFile(directory: configuration.dataDirectory)
        let clock: WallClock = time is SystemTimeSource ? .system : .following(time)
        let watch: AccessKeyWatch
        // The disk is looked at by the system's clock, as connections are: the file knows no other.
        do { watch = try AccessKeyWatch(file, logger: logger) } catch { throw unreadable(error) }
        let now = clock.millisecondsSinceEpoch
        let book = try Self.book(configuration, at: now)
        let (gateway, admin) = (configuration.gateway.listener, configuration.admin)
        if configuration.gateway.keys == .required, !book.hasUsable(.gateway, at: now) {
            logger.warning("keys are required and there is none yet: `aurelis keys create NAME` makes one")
        }
        if [gateway, admin].contains(where: { !$0.isLocal && $0.tls == nil }) {
            logger.notice("keys and prompts travel unencrypted to other machines: give the listener `tls`")
        }
        let editor = AccessKeyEditor(file, watch)
        return AccessControl(watch: watch, editor: editor, configuration: configuration, clock: clock)
    }

    /// The keys that are there, if servers with this configuration may start with them.
    ///
    /// - Throws: as `open` does.
    static func book(
        _ configuration: Configuration,
        at now: Int64
    ) throws(ConfigurationError) -> AccessKeyBook {
        let book: AccessKeyBook
        do { book = try AccessKeyFile(directory: configuration.dataDirectory).read() } catch { throw unreadable(error) }
        let (gateway, admin) = (configuration.gateway.listener, configuration.admin)
        guard gateway.isLocal || book.hasUsable(.gateway, at: now) else {
            throw exposed(gateway, "gateway.host", "aurelis keys create NAME", configuration)
        }
        guard admin.isLocal || book.hasUsable(.admin, at: now) else {
            throw exposed(admin, "admin.host", "aurelis keys create NAME --admin", configuration)
        }
        return book
    }

    private static func unreadable(_ error: AccessKeyFileError) -> ConfigurationError {
        ConfigurationError(
            "the keys cannot be read: \(error)",
            path: "data_dir",
            suggestion: "put back the file as it was; without it no key is known, and all are to be made anew"
        )
    }

    private static func exposed(
        _ listener: Configuration.Listener,
        _ path: String,
        _ command: String,
        _ configuration: Configuration
    ) -> ConfigurationError {
        ConfigurationError(
            "\"\(listener.host)\" can be reached from other machines, and there is no key to tell them apart",
            path: path,
            suggestion: "make one: \(command) --data-dir \(configuration.dataDirectory)\nor listen on 127.0.0.1"
        )
    }

    /// Whose requests the gateway answers.
    var gateway: GatewayAccess {
        GatewayAccess(keys: watch.keys, isRequired: configuration.gateway.keys == .required, clock: clock)
    }

    /// Who may steer.
    var admin: AdminAccess {
        AdminAccess(keys: watch.keys, isExposed: !configuration.admin.isLocal, clock: clock)
    }

    /// The keys as the control plane changes them.
    func administration(_ trail: AuditTrail) -> KeyAdministration {
        KeyAdministration(editor: editor, trail: trail, clock: clock)
    }

    /// The keys whose use is counted.
    var metered: [AccessGrant] { watch.keys.ring.metered }

    /// What a key grants now; nil when it is not in effect.
    func grant(of id: String) -> AccessGrant? { watch.keys.ring.grant(of: id, at: clock.millisecondsSinceEpoch) }

    /// Follows what the command changes.
    var following: any Service { KeyFollowing(watch: watch) }

    /// Looks whether the keys have changed, now.
    func refresh() { watch.refresh() }
}

private struct KeyFollowing: Service {
    let watch: AccessKeyWatch

    func run() async { await cancelWhenGracefulShutdown { await watch.run() } }
}
