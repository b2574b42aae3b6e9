internal import Aurelis
internal import AurelisProviders
internal import Foundation

extension Doctor {
    /// Whether the configuration can be used, and whether somebody else can read the keys in it.
    func configurationFindings(_ loaded: Result<LoadedConfiguration, ConfigurationError>) async -> [DoctorFinding] {
        let name = "configuration"
        switch loaded {
        case .failure(let error):
            let advice = "correct it; `aurelis config check\(options)` tells when it is right"
            return [Self.failure(error, advice)]
        case .success(let loaded):
            let check = StartCheck(configuration, environment: environment, clock: clock, logger: logger)
            var findings = await check.obstacles().map {
                Self.failure($0.error, "correct the file or the setting that names it; until then nothing is served")
            }
            if findings.isEmpty { findings.append(.init(name, .ok, Self.sources(of: loaded))) }
            findings += loaded.warnings.map { .init(name, .warn, $0) }
            findings += SecretFiles.configurations(loaded).map { file in
                let problem = "\(file.path) holds a key, and others may read it (mode \(FileLookup.text(file.mode)))"
                return .init(name, .fail, problem, advice: file.advice)
            }
            findings += SecretFiles.named(configuration, environment: environment).map { file in
                .init(name, .fail, file.problem, advice: file.advice)
            }
            if configuration.providers.isEmpty, !configuration.simulates {
                let advice = "write a file with `aurelis config init`, or try `--simulate`"
                findings.append(.init(name, .warn, "no provider is configured", advice: advice))
            }
            return findings
        }
    }

    private static func failure(_ error: ConfigurationError, _ advice: String) -> DoctorFinding {
        var plain = error
        plain.suggestion = nil
        let own = error.suggestion?.split(separator: "\n").joined(separator: "; ")
        return .init("configuration", .fail, plain.description, advice: own ?? advice)
    }

    private static func sources(of loaded: LoadedConfiguration) -> String {
        let files = loaded.sources
        return files.isEmpty
            ? "valid; no file, only flags, environment and defaults" : "valid: \(files.joined(separator: ", "))"
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
