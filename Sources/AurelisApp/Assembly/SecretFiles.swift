/// The files that hold secrets of the gateway's own: a copy of one opens or forges what it protects.
///
///     for file in SecretFiles.open(configuration, environment: environment) { logger.warning("\(file.problem)") }
///
/// Whoever keeps a store's own key open to others is refused it; of all others every command and the doctor tell.
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

    /// The configuration files with keys in them that others may read or write.
    static func configurations(_ loaded: LoadedConfiguration) -> [Open] { open(loaded.filesWithKeys) }

    private static func open(_ paths: [String]) -> [Open] {
        paths.compactMap { path in
            guard let mode = FileLookup.mode(of: path), mode & 0o077 != 0 else { return nil }
            return Open(path: path, mode: mode)
        }
    }
}

extension LoadedConfiguration {
    /// What a command says of files with secrets that others may read or write, all of them in one line; nil: there are none.
    ///
    /// - Parameter isServing: whether a server tells of those that are no configuration itself.
    package func openSecrets(_ environment: [String: String], isServing: Bool) -> String? {
        var files = SecretFiles.configurations(self)
        if !isServing { files += SecretFiles.open(configuration, environment: environment) }
        guard !files.isEmpty else { return nil }
        let told = files.map { "\($0.path) (mode \(FileLookup.text($0.mode)))" }.joined(separator: ", ")
        let paths = files.map(\.path).joined(separator: " ")
        return "others on this machine may read or write \(told): chmod 600 \(paths)"
    }
}
