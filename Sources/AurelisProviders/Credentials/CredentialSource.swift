/// A place where a credential may be found.
///
///     let source = CredentialSource.environment(["GITHUB_TOKEN"], in: ["GITHUB_TOKEN": "ghp_…"])
///     source.read()      // .found(…)
package struct CredentialSource: Sendable {
    /// What a source says when it is asked.
    package enum Finding: Sendable {
        /// Here it is.
        case found(Secret, origin: String, warning: String? = nil)
        /// There is none here, which is normal.
        case absent(String)
        /// There should be one, but it cannot be had.
        case failed(String)
    }

    /// The source's name in reports.
    package let name: String
    /// For how long a credential found here is used without another look; nil: for good.
    package let lifetime: Duration?
    /// Something cheap that changes with the credential, such as a file's time of modification; nil when there is none.
    package let version: @Sendable () -> String?
    /// Looks for the credential. May block.
    package let read: @Sendable () -> Finding

    /// A source.
    package init(
        name: String,
        lifetime: Duration?,
        version: @escaping @Sendable () -> String? = { nil },
        read: @escaping @Sendable () -> Finding
    ) {
        self.name = name
        self.lifetime = lifetime
        self.version = version
        self.read = read
    }
}

extension CredentialSource {
    /// A credential that was handed over, by a flag or an argument.
    package static func explicit(_ secret: Secret, origin: String) -> CredentialSource {
        CredentialSource(name: origin, lifetime: nil) { .found(secret, origin: origin) }
    }

    /// The first of some variables that is set.
    package static func environment(_ variables: [String], in environment: [String: String]) -> CredentialSource {
        // Only what is asked for is kept: the rest of the environment is none of a provider's business.
        let found = variables.lazy.compactMap { name in
            environment[name].map { (name: name, value: $0.trimmed) }
        }.first { !$0.value.isEmpty }
        let name = "environment (\(variables.joined(separator: ", ")))"
        guard let found else {
            return CredentialSource(name: name, lifetime: nil) { .absent("not set") }
        }
        let secret = Secret(found.value.utf8)
        let origin = "the environment variable \(found.name)"
        return CredentialSource(name: name, lifetime: nil) { .found(secret, origin: origin) }
    }

    /// A credential written into the configuration itself.
    package static func literal(_ secret: Secret) -> CredentialSource {
        CredentialSource(name: "configuration", lifetime: nil) {
            .found(
                secret,
                origin: "the configuration",
                warning: "the credential is written in the configuration file; "
                    + "refer to it instead: `api_key: { env: NAME }` or `api_key: { file: PATH }`"
            )
        }
    }
}
