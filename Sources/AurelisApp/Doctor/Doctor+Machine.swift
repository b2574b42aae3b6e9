internal import Aurelis
internal import AurelisProviders
internal import AurelisTransport

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

extension Doctor {
    /// Whether the system's keyring answers; where it does not, the encrypted store keeps its key in a file.
    func keyringFindings() async -> [DoctorFinding] {
        let name = "keyring"
        let vault = CredentialVault(directory: configuration.dataDirectory, environment: environment)
        let keyring = vault.keyring
        let finding = await Blocking.value(within: .seconds(6)) {
            keyring.read(KeyringItem(account: "aurelis-doctor", server: "https://doctor.invalid"))
        }
        let needsIt: Bool
        if case .keyring = (try? vault.store?.summary())?.method { needsIt = true } else { needsIt = false }
        switch finding {
        case .found: return [.init(name, .ok, "\(keyring.name) answers")]
        case .absent(let reason): return [.init(name, .ok, "\(keyring.name): \(HealthText.line(reason))")]
        case .failed(let reason):
            let message = "\(keyring.name): \(HealthText.line(reason))"
            guard needsIt else { return [.init(name, .ok, "\(message); the encrypted store does without")] }
            let advice = "unlock it: the key of the encrypted store is in it"
            return [.init(name, .fail, message, advice: advice)]
        case nil:
            let advice = "unlock it, or end what holds it up"
            return [.init(name, needsIt ? .fail : .warn, "\(keyring.name) does not answer within 6 s", advice: advice)]
        }
    }

    /// Whether the process may open as many files as connections are configured.
    func openFileFindings() -> [DoctorFinding] {
        let name = "open files"
        var limits = rlimit()
        #if canImport(Glibc)
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let resource = RLIMIT_NOFILE
        #endif
        guard getrlimit(resource, &limits) == 0 else { return [.init(name, .skipped, "the limit cannot be read")] }
        let allowed = Int(clamping: limits.rlim_cur)
        return [Self.openFileFinding(allowed: allowed, hard: Int(clamping: limits.rlim_max), configuration)]
    }

    /// Both sides of every connection, and some for files.
    static func openFileFinding(allowed: Int, hard: Int, _ configuration: Configuration) -> DoctorFinding {
        let name = "open files"
        let needed = configuration.gateway.maximumConnections + configuration.transport.totalConnections + 128
        guard allowed < needed else { return .init(name, .ok, "\(allowed) may be open, \(needed) are enough") }
        let way = hard >= needed ? "`ulimit -n \(needed)`" : "raise the hard limit of \(hard) (LimitNOFILE of its unit)"
        return .init(
            name,
            .warn,
            "\(allowed) may be open, and \(needed) would be for all the connections that are configured",
            advice: "\(way), or lower gateway.maximum_connections"
        )
    }

    /// By way of whom providers are asked.
    func proxyFindings() -> [DoctorFinding] {
        let name = "proxy"
        guard !configuration.simulates else { return [.init(name, .ok, "none: the simulator goes nowhere")] }
        let rules: ProxyRules
        do throws(ConfigurationError) {
            rules = try HTTPClientConfiguration(configuration, environment: environment).proxies
        } catch {
            return [.init(name, .fail, error.description, advice: "correct it, or `transport: { proxy: none }`")]
        }
        var findings: [DoctorFinding] = []
        for provider in configuration.providers {
            guard let server = try? ProviderSettings(provider).server, let origin = try? HTTPOrigin(parsing: server),
                let proxy = rules.proxy(for: origin)
            else { continue }
            findings.append(.init(name, .ok, "\(provider.id) is asked by way of \(proxy)"))
        }
        return findings.isEmpty ? [.init(name, .ok, "none: providers are asked directly")] : findings
    }
}
