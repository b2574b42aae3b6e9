package import AurelisSigning

extension Configuration {
    /// How requests to a provider are signed.
    package struct Signing: Sendable, Equatable {
        /// Where the key is.
        package var key: APIKey
        /// The name by which the provider knows it.
        package var keyID: String
        /// What it signs with.
        package var algorithm: SignatureAlgorithm
        /// What is covered.
        package var components: [SignatureComponent]
        /// For how long a signature is good; nil: as long as the provider says.
        package var lifetime: Duration?
        /// What signatures are for.
        package var tag: String?
    }

    /// What the gateway asks of the signatures of requests.
    package struct Signatures: Sendable, Equatable {
        /// A key that signs requests.
        package struct Key: Sendable, Equatable {
            /// Its name, as in `keyid`.
            package var id: String
            /// What it signs with.
            package var algorithm: SignatureAlgorithm
            /// Where the key to verify with is.
            package var key: APIKey
        }

        /// The keys.
        package var keys: [Key]
        /// Whether a request without signature is refused.
        package var isRequired: Bool
        /// What is asked of one.
        package var rules: MessageVerifier.Rules
    }
}

extension Configuration.Signing {
    init?(
        reading name: String,
        of provider: SettingsReader,
        warnings: inout [String]
    ) throws(ConfigurationError) {
        guard provider.has(name), !provider.isNull(name) else { return nil }
        let names = ["key", "key_id", "algorithm", "components", "lifetime", "tag"]
        let section = try provider.section(name, knowing: names)
        guard let key = try section.secret("key", of: "the signatures", warnings: &warnings) else {
            throw section.error("is missing: { env: VARIABLE } or { file: path }", at: "key")
        }
        self.key = key
        guard let keyID = try section.string("key_id"), !keyID.isEmpty else {
            throw section.error("is missing: the name by which the provider knows the key", at: "key_id")
        }
        self.keyID = keyID
        algorithm = try section.algorithm(among: SignatureAlgorithm.forSigning)
        components = try section.components(default: MessageSigner.defaultComponents)
        // Those are the connection's own, and not known when the request is signed.
        let foreign = ["host", "user-agent", "accept-encoding", "connection", "transfer-encoding", "@status"]
        if let component = components.first(where: { foreign.contains($0.name) }) {
            throw section.error(
                "\"\(component.name)\" cannot be covered",
                at: "components",
                suggestion: component.name == "host" ? "\"@authority\" means the same" : nil
            )
        }
        if section.has("lifetime") { lifetime = try section.positive("lifetime", default: .seconds(60)) }
        tag = try section.string("tag")
    }
}

extension Configuration.Signatures {
    init?(
        reading name: String,
        of gateway: SettingsReader,
        warnings: inout [String]
    ) throws(ConfigurationError) {
        guard gateway.has(name), !gateway.isNull(name) else { return nil }
        let names = ["keys", "required", "max_age", "clock_skew", "components", "memory"]
        let section = try gateway.section(name, knowing: names)
        keys = []
        for entry in try section.sections("keys", knowing: ["id", "algorithm", "secret", "public_key"]) {
            let key = try Key(reading: entry, warnings: &warnings)
            guard !keys.contains(where: { $0.id == key.id }) else {
                throw entry.error("two keys are called \"\(key.id)\"", at: "id")
            }
            keys.append(key)
        }
        guard !keys.isEmpty else {
            throw section.error("is missing: nobody could sign", at: "keys", suggestion: "- { id: …, algorithm: … }")
        }
        isRequired = try section.flag("required", default: true)
        rules = MessageVerifier.Rules()
        let age = try section.positive("max_age", default: .seconds(rules.maximumAge))
        let skew = try section.duration("clock_skew", default: .seconds(rules.clockSkew))
        guard age <= .seconds(3_600), skew <= .seconds(300) else {
            throw section.error(
                "may be up to 1h, and clock_skew up to 5m: that long signatures are remembered",
                at: "max_age"
            )
        }
        rules.maximumAge = max(1, age.components.seconds)
        rules.clockSkew = skew.components.seconds
        rules.components = try section.components(default: rules.components.map(\.name))
        rules.memory = try section.integer("memory", in: 1...10_000_000, default: rules.memory)
    }
}

extension Configuration.Signatures.Key {
    fileprivate init(reading section: SettingsReader, warnings: inout [String]) throws(ConfigurationError) {
        guard let id = try section.string("id"), !id.isEmpty else {
            throw section.error("is missing: the name that signatures have for the key", at: "id")
        }
        self.id = id
        algorithm = try section.algorithm(among: SignatureAlgorithm.allCases)
        let secret = try section.secret("secret", of: "\"\(id)\"", warnings: &warnings)
        let file = try section.string("public_key")
        switch (algorithm, secret, file) {
        case (.hmacSHA256, let secret?, nil): key = secret
        case (.hmacSHA256, _, _): throw section.error("is what hmac-sha256 needs, and nothing else", at: "secret")
        case (_, nil, let file?): key = .file(file)
        default: throw section.error("is a file, what \(algorithm.rawValue) needs, and nothing else", at: "public_key")
        }
    }
}

extension SettingsReader {
    fileprivate func algorithm(among all: [SignatureAlgorithm]) throws(ConfigurationError) -> SignatureAlgorithm {
        guard let algorithm = try choice("algorithm", among: all.map { ($0.rawValue, $0) }, default: nil) else {
            throw error("is missing: \(all.map(\.rawValue).joined(separator: ", "))", at: "algorithm")
        }
        return algorithm
    }

    fileprivate func components(default names: [String]) throws(ConfigurationError) -> [SignatureComponent] {
        var components: [SignatureComponent] = []
        for name in try strings("components") ?? names {
            do { components.append(try SignatureComponent(parsing: name)) } catch {
                throw self.error(error.message, at: "components")
            }
        }
        return components
    }
}
