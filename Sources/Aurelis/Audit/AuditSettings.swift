/// How the log is written, and for how long it is kept.
///
///     var settings = AuditSettings()
///     settings.sync = .always
///     settings.onFailure = .block
package struct AuditSettings: Sendable, Hashable {
    /// When what is written is safe from a power cut.
    package var sync = Sync.interval
    /// How often, with `interval`.
    package var syncInterval: Duration = .seconds(1)
    /// What becomes of requests that cannot be recorded.
    package var onFailure = OnFailure.continues
    /// How many entries wait for the disk.
    package var queue = 16_384
    /// A new file is begun when one would become larger than this many bytes.
    package var fileSize = 64 << 20
    /// Whether each day, in UTC, has files of its own.
    package var isDaily = true
    /// For how many days files are kept; 0: for good.
    package var retentionDays = 365
    /// How many bytes all files may take; 0: any number.
    package var retentionBytes = 10 << 30
    /// Whether what was asked and answered is recorded.
    package var withContent = false
    /// Where anchors go.
    package var anchors = Anchors()

    /// When what is written is safe from a power cut.
    package enum Sync: String, Sendable, CaseIterable {
        /// Before anything else is written.
        case always
        /// Now and again.
        case interval
        /// When the system thinks fit.
        case never
    }

    /// What becomes of requests that cannot be recorded.
    package enum OnFailure: String, Sendable, CaseIterable {
        /// They are refused.
        case block
        /// They are answered, with an alarm, and how many there were is recorded.
        case continues = "continue"
    }

    /// Where anchors go.
    package struct Anchors: Sendable, Hashable {
        /// A file that anchors are added to; nil: one beside the log.
        package var file: String?
        /// A command that gets each anchor on its standard input.
        package var command: String?
        /// After so many entries.
        package var entries = 1_000
        /// After so long, when there are new entries.
        package var interval: Duration = .seconds(300)
        /// How long the command may take.
        package var timeout: Duration = .seconds(10)

        /// The standard anchors.
        package init() {}
    }

    /// The standard settings.
    package init() {}
}
