package import Aurelis
package import AurelisSigning
package import AurelisTransport

/// One configured provider: a preset and what the configuration changes of it.
///
///     var settings = ProviderSettings(id: "work", preset: try .named("openai"))
///     settings.models["gpt-4o"] = "my-deployment"
///     settings.credential = .environment("WORK_KEY")
package struct ProviderSettings: Sendable {
    /// The name that the configuration gives it.
    package var id: ProviderID
    /// What is known about it beforehand.
    package var preset: ProviderPreset
    /// What the paths are appended to, instead of the preset's: `http://127.0.0.1:8000/v1`.
    package var baseURL: String?
    /// What stands for the placeholders of the preset's base URL, such as `resource`.
    package var placeholders: [String: String] = [:]
    /// Models besides the preset's, and what is otherwise about those; see `ModelSettings`.
    package var models: [ModelID: ModelSettings] = [:]
    /// The plan whose quotas apply, such as `free`, at a provider that has rate tiers; nil: no plan is known, and only
    /// the models' own limits are.
    package var plan: String?
    /// What is allowed over time on each model, instead of what the plan says; nil: what the plan says.
    package var quota: QuotaPlan?
    /// How the provider goes on with an answer that somebody else began, instead of the preset's way.
    package var prefill: ProviderPreset.Prefill?
    /// Where the credential is.
    package var credential: CredentialReference?
    /// How a credential is presented, instead of the preset's way.
    package var authentication: ProviderPreset.Authentication?
    /// Header fields of every request, besides the preset's and instead of those with the same name.
    package var headers: [ProviderPreset.Header] = []
    /// How long each step may take; see `OpenAICompatibleProvider` for which step applies when.
    package var timeouts = HTTPTimeouts()
    /// How its server is authenticated; nil: as the client does it.
    package var tls: TLSClientSettings?
    /// Who signs its requests; nil: nobody does.
    package var signer: MessageSigner?
    /// The largest whole answer.
    package var maximumAnswerBytes = 16 << 20
    /// The largest event of a stream.
    package var maximumEventBytes = 1 << 20
    /// Sends requests to a preset past its retirement all the same, to see for oneself.
    package var ignoresRetirement = false

    /// A provider as its preset has it.
    package init(id: ProviderID, preset: ProviderPreset) {
        self.id = id
        self.preset = preset
    }
}

extension ProviderSettings {
    /// - Throws: for a plan that the preset does not have.
    func checkPlan() throws(ProviderSettingsError) {
        guard let plan else { return }
        let plans = Set(preset.rateTiers.values.flatMap(\.keys)).sorted()
        guard !plans.contains(plan) else { return }
        let message =
            plans.isEmpty
            ? "\(preset.displayName) has no plans that Aurelis knows; leave it out"
            : "\"\(plan)\" is none of \(plans.joined(separator: ", "))"
        throw ProviderSettingsError(setting: "plan", message: message)
    }
}

/// Why settings do not make a provider.
package struct ProviderSettingsError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The setting at fault, such as `base_url`.
    package var setting: String
    /// What is wrong and what to do, for a person.
    package var message: String

    /// One line for terminals.
    package var description: String { "\(setting): \(message)" }
}
