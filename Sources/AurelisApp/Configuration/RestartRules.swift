/// Which settings a running process does not take over, and which of those have been changed since it began.
///
///     let rules = RestartRules(from: beginning.settings, to: latest.settings)
///     rules.changes      // ["gateway.port"]
struct RestartRules {
    /// What holds for good, with everything below it: who listens, what is opened once, what outlives requests.
    private static let fixed: [String] = [
        "data_dir", "log", "simulate", "simulator", "transport", "audit", "files", "batches", "admin", "gateway",
        "cache.redis.url", "cache.redis.prefix", "cache.redis.timeout", "cache.database.enabled",
        "cache.database.entries", "cache.database.size", "cache.memory.entries", "cache.memory.size", "cache.encrypt",
        "cache.key",
    ]
    /// What of that is taken over all the same.
    private static let exceptions = ["gateway.tls", "admin.tls", "gateway.signatures", "admin.client"]

    private let beginning: [Configuration.Setting]
    private let latest: [Configuration.Setting]
    /// `gateway.tls` and `admin.tls`, where there is a certificate now and was none, or the reverse.
    private let switched: [String]

    /// - Parameters:
    ///   - beginning: what the process began with.
    ///   - latest: what was read last.
    init(from beginning: [Configuration.Setting], to latest: [Configuration.Setting]) {
        self.beginning = beginning
        self.latest = latest
        switched = ["gateway.tls", "admin.tls"].filter { path in
            beginning.contains { Self.isBelow(path, $0.path) } != latest.contains { Self.isBelow(path, $0.path) }
        }
    }

    /// Whether a setting takes a restart.
    func applies(to path: String) -> Bool {
        if switched.contains(where: { Self.isBelow($0, path) }) { return true }
        if Self.exceptions.contains(where: { Self.isBelow($0, path) }) { return false }
        return Self.fixed.contains { Self.isBelow($0, path) }
    }

    /// The paths that take a restart and are not what the process began with.
    var changes: [String] {
        Configuration.Setting.changes(from: beginning, to: latest).filter { applies(to: $0) }
    }

    /// What is in effect: what was read last, and of what takes a restart what the process began with.
    var effective: [Configuration.Setting] {
        let held = Dictionary(beginning.map { ($0.path, $0) }) { first, _ in first }
        var settings: [Configuration.Setting] = []
        for setting in latest {
            guard applies(to: setting.path) else {
                settings.append(setting)
                continue
            }
            if let old = held[setting.path] { settings.append(old) }
        }
        let known = Set(settings.map(\.path))
        // What is gone from the file is still here.
        return settings + beginning.filter { applies(to: $0.path) && !known.contains($0.path) }
    }

    private static func isBelow(_ parent: String, _ path: String) -> Bool {
        path == parent
            || (path.hasPrefix(parent) && path.dropFirst(parent.count).first.map { $0 == "." || $0 == "[" } ?? false)
    }
}
