internal import Aurelis
internal import Logging

/// Makes the cache that a configuration describes.
struct CacheFactory: Sendable {
    let environment: [String: String]
    let logger: Logger

    /// The cache, with the layers behind memory.
    ///
    /// - Throws: `ConfigurationError` when the key of an encrypted cache cannot be had.
    func cache(_ configuration: Configuration) throws(ConfigurationError) -> AnswerCache {
        let settings = configuration.cache
        let key =
            settings.encrypts
            ? try CacheKeyFile.key(
                settings.key,
                environment: environment,
                dataDirectory: configuration.dataDirectory
            ) : nil
        return AnswerCache(
            configuration: settings.rules,
            stores: [],
            encryptionKey: key,
            onTampering: { [logger] key, layer in
                logger.critical(
                    "a cached answer was changed by somebody else; it was dropped",
                    metadata: ["event": "cache_tampered", "layer": "\(layer.rawValue)", "key": "\(key)"]
                )
            }
        )
    }
}
