/// The files that hold secrets of the gateway's own: a copy of one opens or forges what it protects.
///
///     for file in SecretFiles.open(configuration, environment: environment) { logger.warning("\(file.problem)") }
///
/// Whoever keeps a store's own key open to others is refused it; of all others the start and the doctor tell.
enum SecretFiles {
    /// A file that others may read or write.
    struct Open: Sendable, Hashable {
        var path: String
        var mode: Int

        /// For people.
        var problem: String { "others on this machine may read or write \(path) (mode \(FileLookup.text(mode)))" }
        var advice: String { "chmod 600 \(path)" }
    }

    /// Those of the data directory.
    private static let own = ["audit.key", "cache.key", "keys.json", "credentials.key", "credentials.store"]

    /// Those that others may read or write.
    static func open(_ configuration: Configuration, environment: [String: String]) -> [Open] {
        let directory = configuration.dataDirectory
        return named(configuration, environment: environment)
            + (directory.isEmpty ? [] : open(own.map { directory + "/" + $0 }))
    }

    /// The same, of those alone that are somewhere else.
    static func named(_ configuration: Configuration, environment: [String: String]) -> [Open] {
        let keys = [configuration.audit.key, configuration.cache.key].compactMap { key -> String? in
            if case .file(let path) = key { path } else { nil }
        }
        return open(keys + [environment["AURELIS_PASSPHRASE_FILE"]].compactMap(\.self))
    }

    private static func open(_ paths: [String]) -> [Open] {
        paths.compactMap { path in
            guard let mode = FileLookup.mode(of: path), mode & 0o077 != 0 else { return nil }
            return Open(path: path, mode: mode)
        }
    }
}
