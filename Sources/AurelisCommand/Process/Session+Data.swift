internal import AurelisApp

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

extension Session {
    /// Makes sure that this user may see what the data directory holds: otherwise everything there looks as if it were not.
    ///
    /// - Throws: `ConfigurationError` when the directory is another user's.
    func requireReadableData() throws(ConfigurationError) {
        let path = configuration.dataDirectory
        guard !path.isEmpty, access(path, R_OK | X_OK) != 0, errno == EACCES else { return }
        throw ConfigurationError(
            "this user may not read \(path)",
            path: "data_dir",
            suggestion: "run the command as the user whose it is, or name another directory with --data-dir"
        )
    }
}
