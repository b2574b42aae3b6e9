internal import Aurelis
internal import AurelisProviders
internal import Foundation

extension Doctor {
    /// Whether the configuration can be used, and whether somebody else can read the keys in it.
    func configurationFindings(_ loaded: Result<LoadedConfiguration, ConfigurationError>) -> [DoctorFinding] {
        let name = "configuration"
        switch loaded {
        case .failure(let error):
            var plain = error
            plain.suggestion = nil
            let advice = error.suggestion ?? "correct it; `aurelis config check` tells when it is right"
            return [.init(name, .fail, plain.description, advice: advice)]
        case .success(let loaded):
            var findings: [DoctorFinding] = []
            do throws(ConfigurationError) {
                try configuration.checkSecurity(environment: environment, logger: logger)
                findings.append(.init(name, .ok, Self.sources(of: loaded)))
            } catch {
                findings.append(
                    .init(name, .fail, error.description, advice: "correct the file or the setting that names it")
                )
            }
            findings += loaded.warnings.map { .init(name, .warn, $0) }
            findings += openSecrets(in: loaded.sources)
            if configuration.providers.isEmpty, !configuration.simulates {
                let advice = "write a file with `aurelis config init`, or try `--simulate`"
                findings.append(.init(name, .warn, "no provider is configured", advice: advice))
            }
            return findings
        }
    }

    private static func sources(of loaded: LoadedConfiguration) -> String {
        let files = loaded.sources
        return files.isEmpty
            ? "valid; no file, only flags, environment and defaults" : "valid: \(files.joined(separator: ", "))"
    }

    /// Files with a key in them that others may read.
    private func openSecrets(in files: [String]) -> [DoctorFinding] {
        let hasLiteral = configuration.providers.contains { provider in
            if case .literal = provider.apiKey { true } else { false }
        }
        guard hasLiteral else { return [] }
        return files.compactMap { path in
            guard let mode = FileLookup.mode(of: path), mode & 0o077 != 0 else { return nil }
            return .init(
                "configuration",
                .fail,
                "\(path) holds a key, and others may read it (mode \(FileLookup.text(mode)))",
                advice: "chmod 600 \(path)"
            )
        }
    }

    /// Whether a provider has ended, so that nothing more needs to be known of it.
    func hasEnded(_ provider: Configuration.Provider) -> Bool {
        guard provider.baseURL == nil, let retirement = try? ProviderPreset.named(provider.preset).retirement else {
            return false
        }
        return retirement.date.secondsSinceEpoch <= clock.secondsSinceEpoch
    }

    /// Presets that have ended.
    func retirementFindings() -> [DoctorFinding] {
        let name = "retirement"
        guard !configuration.simulates else { return [.init(name, .ok, "the simulator answers, and stays")] }
        let ended = configuration.providers.compactMap { provider -> DoctorFinding? in
            guard provider.baseURL == nil,
                let retirement = try? ProviderPreset.named(provider.preset).retirement
            else { return nil }
            let message = "\(provider.id): \(retirement.message)"
            // Whoever has somebody else to ask goes on answering.
            let isOnly = configuration.providers.count == 1
            return .init(name, hasEnded(provider) && isOnly ? .fail : .warn, message, advice: retirement.wayOut)
        }
        guard ended.isEmpty else { return ended }
        let count = configuration.providers.count
        return [
            .init(name, .ok, count == 0 ? "no provider is configured" : "no configured provider has announced its end")
        ]
    }
}
