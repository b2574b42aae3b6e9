package import Aurelis
internal import AurelisProviders
internal import Foundation

/// Where the keys of the audit log come from.
package enum AuditKeys {
    /// The keys, the current one first.
    ///
    /// - Parameter makes: whether a key is made where one should be in the data directory and is not.
    /// - Throws: `ConfigurationError` when there is none.
    package static func ring(
        _ configuration: Configuration,
        environment: [String: String],
        makes: Bool
    ) throws(ConfigurationError) -> AuditKeyRing {
        let source: CredentialSource
        switch configuration.audit.key {
        case .environment(let name): source = .environment([name], in: environment)
        case .file(let path): source = .file(path)
        case .literal(let secret): source = .literal(secret)
        case nil: source = try own(in: configuration.dataDirectory, makes: makes)
        }
        switch source.read() {
        case .found(let secret, _, _): return try decoded(secret)
        case .absent(let reason), .failed(let reason): throw problem("\(source.name): \(reason)")
        }
    }

    private static func own(in directory: String, makes: Bool) throws(ConfigurationError) -> CredentialSource {
        guard !directory.isEmpty else { throw problem("there is neither a key nor a data directory to keep one in") }
        let path = directory + "/audit.key"
        if makes, !FileManager.default.fileExists(atPath: path) {
            try DataDirectory.prepare(directory)
            guard KeyFile.make(path) else { throw problem("\(path) cannot be written") }
        }
        return .file(path)
    }

    /// Keys in base64, the current one first, separated by commas.
    private static func decoded(_ secret: Secret) throws(ConfigurationError) -> AuditKeyRing {
        let keys = secret.withBytes { bytes in
            bytes.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { part in
                Secret.decoding(base64: part).flatMap { AuditKey($0) }
            }
        }
        guard !keys.contains(where: { $0 == nil }), let ring = AuditKeyRing(keys.compactMap(\.self)) else {
            throw problem(
                "it must be 32 bytes in base64, as `openssl rand -base64 32` writes them; older keys behind it, "
                    + "separated by commas"
            )
        }
        return ring
    }

    private static func problem(_ message: String) -> ConfigurationError {
        ConfigurationError("the audit log has no key: \(message)", path: "audit.key")
    }
}
