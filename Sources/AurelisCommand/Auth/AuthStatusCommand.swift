internal import ArgumentParser
internal import AurelisApp
internal import AurelisJSON
internal import AurelisProviders

/// `aurelis auth status`: what every source has, and what the providers think of it.
struct AuthStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Tell what each source of a credential has; exits with 4 when one is missing or refused.",
        discussion: """
            The sources stand in the order in which they are asked; the arrow marks the one
            that is used. Of a credential its prefix and last four characters are shown, of
            a short one nothing. Each is checked with its provider, which costs no tokens:
            valid, invalid, or unverifiable, when there was nobody to say.

            Examples:
              aurelis auth status
              aurelis auth status --provider openai --offline
              aurelis auth status --json | jq -r '.providers[].problem // empty'
            """
    )

    @OptionGroup
    var options: AuthOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    @Flag(help: "Ask no provider.")
    var offline = false

    func run() async throws {
        let console = options.output.console()
        let desk = try options.desk(console)
        let providers = try options.provider.map { [try desk.provider($0)] } ?? desk.providers
        let isOffline = offline
        let states = try await Signals.interruptible {
            try await Self.states(of: providers, at: desk, isOffline: isOffline)
        }
        try print(states, desk, console.output)
        if states.isEmpty {
            console.remark("no provider is configured, and nothing is stored: `aurelis auth login --provider openai`")
        }
        let problems = states.compactMap(\.problem)
        guard problems.isEmpty else {
            let hint = "`aurelis auth login --provider NAME` stores a credential"
            throw CommandFailure(.authentication, problems.joined(separator: "; "), hint: hint)
        }
    }

    private static func states(
        of providers: [Configuration.Provider],
        at desk: CredentialDesk,
        isOffline: Bool
    ) async throws -> [CredentialStatus] {
        // At once: a provider that does not answer holds up no other.
        try await withThrowingTaskGroup(of: (Int, CredentialStatus).self) { group in
            for (index, provider) in providers.enumerated() {
                group.addTask {
                    let survey = try await desk.survey(provider)
                    let found = survey.entries.compactMap { entry in
                        if case .found(let credential) = entry.finding { credential } else { nil }
                    }
                    let validities = isOffline ? [] : try await desk.validity(of: found, at: provider)
                    return (index, try CredentialStatus(provider, survey, validities: validities))
                }
            }
            var states: [(Int, CredentialStatus)] = []
            for try await state in group { states.append(state) }
            return states.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func print(_ states: [CredentialStatus], _ desk: CredentialDesk, _ out: TextOutput) throws {
        let memory = SecretMemory.status
        let store = Self.store(desk)
        guard !json else {
            var json = JSONWriter()
            json.beginObject()
            json.array("providers", states) { state, json in state.write(to: &json) }
            json.optional("store", desk.vault.store?.path)
            json.optional("store_state", store)
            json.field("memory", memory.description)
            json.endObject()
            return try out.write(json: String(decoding: json.bytes, as: UTF8.self) + "\n")
        }
        for state in states {
            try out.write(out.style(.heading, TerminalSanitizer.singleLine(state.provider)) + " at \(state.server)\n")
            try out.write(state.table().rendered(width: out.columns, style: out.style, indent: 2) + "\n")
        }
        if let path = desk.vault.store?.path, let store {
            try out.write(TerminalSanitizer.singleLine("encrypted store \(path): \(store)") + "\n")
        }
        try out.write("secrets in memory: \(memory.description)\n")
    }

    /// What the store says of itself without its key; nil: there is none.
    private static func store(_ desk: CredentialDesk) -> String? {
        do {
            guard let summary = try desk.vault.store?.summary() else { return nil }
            let names = summary.entries.keys.sorted().joined(separator: ", ")
            return "sealed with \(summary.method.description), holds \(names)"
        } catch {
            return "\(error)"
        }
    }
}
