internal import Aurelis
internal import AurelisProviders
internal import AurelisTransport

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

    /// Whether a server may open as many files as connections are configured.
    func openFileFindings() -> [DoctorFinding] {
        guard let limit = OpenFileLimit.current else {
            return [.init("open files", .skipped, "the limit cannot be read")]
        }
        return [Self.openFileFinding(limit, configuration)]
    }

    /// A server raises the limit itself, as far as it may.
    static func openFileFinding(_ limit: OpenFileLimit, _ configuration: Configuration) -> DoctorFinding {
        let name = "open files"
        let needed = ConnectionLimits.needed(by: configuration)
        let allowed = limit.raised(for: needed)
        guard allowed < needed else { return .init(name, .ok, "\(allowed) may be open, \(needed) are enough") }
        let limits = ConnectionLimits(configuration, openFiles: allowed)
        return .init(
            name,
            .warn,
            "\(allowed) may be open, and \(needed) would be for all the connections that are configured: the gateway "
                + "takes \(limits.gateway), the control plane \(limits.admin)",
            advice: "raise the hard limit (`ulimit -Hn`, LimitNOFILE of its unit), or lower gateway.maximum_connections"
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
