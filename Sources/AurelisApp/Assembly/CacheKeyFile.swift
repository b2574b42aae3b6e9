internal import AurelisProviders
internal import Foundation

/// Where the key of an encrypted cache comes from.
enum CacheKeyFile {
    /// The 32 bytes that what leaves memory is encrypted with.
    ///
    /// - Throws: `ConfigurationError` when there are none: an answer that should be encrypted is never kept in the clear.
    static func key(
        _ reference: Configuration.APIKey?,
        environment: [String: String],
        dataDirectory: String
    ) throws(ConfigurationError) -> Secret {
        guard let reference else { return try own(in: dataDirectory) }
        let source: CredentialSource =
            switch reference {
            case .environment(let name): .environment([name], in: environment)
            case .file(let path): .file(path)
            case .literal(let secret): .literal(secret)
            }
        switch source.read() {
        case .found(let secret, _, _): return try decoded(secret)
        case .absent(let reason), .failed(let reason): throw problem("\(source.name): \(reason)")
        }
    }

    /// The key in the data directory, which is made when it is missing.
    private static func own(in directory: String) throws(ConfigurationError) -> Secret {
        guard !directory.isEmpty else { throw problem("there is neither a key nor a data directory to keep one in") }
        let path = directory + "/cache.key"
        if !FileManager.default.fileExists(atPath: path) {
            try DataDirectory.prepare(directory)
            guard KeyFile.make(path) else { throw problem("\(path) cannot be written") }
        }
        return try key(.file(path), environment: [:], dataDirectory: "")
    }

    private static func decoded(_ secret: Secret) throws(ConfigurationError) -> Secret {
        let key = secret.withBytes { Secret.decoding(base64: $0[...]) }
        guard let key, key.count == 32 else {
            throw problem("it must be 32 bytes in base64, as `openssl rand -base64 32` writes them")
        }
        return key
    }

    private static func problem(_ message: String) -> ConfigurationError {
        ConfigurationError("the cache shall be encrypted, but has no key: \(message)", path: "cache.key")
    }
}
