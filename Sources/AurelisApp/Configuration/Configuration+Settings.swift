extension Configuration {
    /// A setting as it was read: for telling configurations apart, not for working with.
    package struct Setting: Sendable, Equatable {
        /// Where it stands, such as `gateway.port`.
        package var path: String
        /// What it is, as `config show` prints it: secrets are masked.
        package var value: String
        /// Where somebody said it; nil: nowhere, it is the default.
        package var origin: ConfigurationOrigin?
        /// Whether somebody said it.
        package var isSaid: Bool { origin != nil }

        /// The paths whose values differ, in their order.
        static func changes(from old: [Setting], to new: [Setting]) -> [String] {
            let before = Dictionary(old.map { ($0.path, $0.value) }) { _, last in last }
            let after = Dictionary(new.map { ($0.path, $0.value) }) { _, last in last }
            return Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }.sorted()
        }
    }
}

extension [Configuration.Setting] {
    /// What was read.
    init(_ entries: [SettingsLog.Entry]) {
        self = entries.map { entry in
            .init(path: entry.path.joined(separator: "."), value: entry.value, origin: entry.origin)
        }
    }
}
