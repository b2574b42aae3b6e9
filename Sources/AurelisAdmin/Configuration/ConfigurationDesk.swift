/// The configuration as the control plane works on it; it does not know where it comes from.
package protocol ConfigurationDesk: Sendable {
    /// The settings in effect.
    var view: ConfigurationView { get }

    /// Reads the configuration again and puts it into effect.
    func reload() async -> ReloadOutcome
}

/// The settings in effect, secrets masked.
package struct ConfigurationView: Sendable, Hashable {
    /// One setting.
    package struct Setting: Sendable, Hashable {
        /// Where it stands, such as `gateway.port`.
        package var path: String
        /// What it is, as YAML.
        package var value: String
        /// Where it was said: a file with line and column, a variable, a flag; nil: nowhere, it is the default.
        package var origin: String?

        /// A setting.
        package init(path: String, value: String, origin: String?) {
            self.path = path
            self.value = value
            self.origin = origin
        }
    }

    /// What is in effect, in the order of the documentation.
    package var settings: [Setting]
    /// What has been read and takes a restart; a value that is gone is not here.
    package var pending: [Setting]
    /// The paths of everything that takes a restart, those included that are gone.
    package var needsRestart: [String]

    /// Settings.
    package init(settings: [Setting], pending: [Setting], needsRestart: [String]) {
        self.settings = settings
        self.pending = pending
        self.needsRestart = needsRestart
    }
}

/// What came of reading the configuration again.
package enum ReloadOutcome: Sendable, Hashable {
    /// It is in effect: what of it is new, and what is new and takes a restart.
    case applied(changed: [String], needsRestart: [String])
    /// It cannot be used; nothing has changed.
    case refused(ConfigurationFault)
    /// This process has nothing to read again.
    case fixed
    /// It could not be read in time; nothing has changed.
    case late
    /// It took too long, and may still come into effect.
    case unknown
}

/// What is wrong with a configuration, and where.
package struct ConfigurationFault: Sendable, Hashable {
    /// Everything in one line.
    package var text: String
    /// What is wrong.
    package var message: String
    /// The setting.
    package var path: String?
    /// The file, its line and its column; all nil when it was said elsewhere.
    package var file: String?
    package var line: Int?
    package var column: Int?
    /// Where it was said, if not in a file: `$AURELIS_PORT`, `--port`.
    package var origin: String?
    /// What to do.
    package var suggestion: String?

    /// What is wrong.
    package init(text: String, message: String) {
        self.text = text
        self.message = message
    }
}
