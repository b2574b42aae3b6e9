package import Aurelis

extension Configuration {
    /// What is recorded of requests, keys and the configuration, so that it can be proven later.
    package struct Audit: Sendable, Equatable {
        /// Whether there is a log.
        package var isEnabled = true
        /// The level of compliance that every entry names.
        package var complianceLevel = "standard"
        /// How it is written, and for how long it is kept.
        package var settings = AuditSettings()
        /// Where the key is; nil: a file in the data directory, made when it is missing.
        package var key: APIKey?

        /// The standard settings.
        package init() {}
    }
}

extension Configuration.Audit {
    init(reading root: SettingsReader, warnings: inout [String]) throws(ConfigurationError) {
        let names = [
            "enabled", "compliance_level", "content", "sync", "sync_interval", "on_failure", "queue", "rotation",
            "retention", "anchors", "key",
        ]
        let section = try root.section("audit", knowing: names)
        isEnabled = try section.flag("enabled", default: isEnabled)
        complianceLevel = try section.string("compliance_level", default: complianceLevel) ?? complianceLevel
        settings.withContent = try section.flag("content", default: settings.withContent)
        let syncs = AuditSettings.Sync.allCases.map { ($0.rawValue, $0) }
        settings.sync = try section.choice("sync", among: syncs, default: settings.sync.rawValue) ?? settings.sync
        settings.syncInterval = try section.positive("sync_interval", default: settings.syncInterval)
        let policies = AuditSettings.OnFailure.allCases.map { ($0.rawValue, $0) }
        settings.onFailure =
            try section.choice("on_failure", among: policies, default: settings.onFailure.rawValue)
            ?? settings.onFailure
        settings.queue = try section.integer("queue", in: 16...10_000_000, default: settings.queue)
        let rotation = try section.section("rotation", knowing: ["size", "daily"])
        settings.fileSize = try rotation.bytes("size", default: settings.fileSize)
        guard settings.fileSize >= 4_096 else { throw rotation.error("must be at least 4KB", at: "size") }
        settings.isDaily = try rotation.flag("daily", default: settings.isDaily)
        let retention = try section.section("retention", knowing: ["days", "size"])
        settings.retentionDays = try retention.integer("days", in: 0...36_500, default: settings.retentionDays)
        settings.retentionBytes = try retention.bytes("size", default: settings.retentionBytes)
        try readAnchors(section)
        key = try section.secret("key", of: "the audit log", warnings: &warnings)
    }

    private mutating func readAnchors(_ audit: SettingsReader) throws(ConfigurationError) {
        let section = try audit.section("anchors", knowing: ["file", "command", "entries", "interval", "timeout"])
        settings.anchors.file = try section.string("file")
        // A command may carry a password.
        settings.anchors.command = try section.string("command", secret: true)
        settings.anchors.entries = try section.integer(
            "entries",
            in: 1...1_000_000_000,
            default: settings.anchors.entries
        )
        settings.anchors.interval = try section.positive("interval", default: settings.anchors.interval)
        settings.anchors.timeout = try section.positive("timeout", default: settings.anchors.timeout)
    }
}
