internal import AurelisApp
internal import AurelisProviders

/// The text of a new configuration file: what was asked for, and the commented rest.
struct ConfigurationDraft {
    /// Who answers; nil: the simulator.
    var preset: ProviderPreset?
    /// Another address than the preset's.
    var baseURL: String?
    /// Another variable than the preset's.
    var apiKeyEnv: String?

    /// The file's contents.
    var yaml: String {
        """
        # Aurelis. `aurelis config check` checks this file, `aurelis config show` prints what is in effect.
        # Flags win over the environment (AURELIS_*), that over ./aurelis.yaml, that over the user's own file.

        \(source.joined(separator: "\n"))

        routing:
          # A task's models, the preferred one first. Tasks that are not named keep their defaults.
          # tasks:
          #   codeReview: [codestral-2501, gpt-4o]
          global_fallback: gpt-4o-mini      # asked when no other model answered; null: none
          strategy: preference              # or performance, cost, quota
          # aliases: { fast: gpt-4o-mini, smart: [gpt-4o, mistral-large] }
          # equivalents: { large: [gpt-4o, mistral-large] }   # may stand for each other when one fails
          replace_named_models: false       # whether another model may answer than the one a request names
          request_timeout: 60s
          maximum_attempts: 8               # retries and fallbacks of one request together
          first_token_timeout: 15s          # a stream without content by then gives way to the next model
          resume_streams: true              # continue a stream that breaks, where it broke

        gateway:
          host: 127.0.0.1
          port: 8787

        admin:
          host: 127.0.0.1
          port: 8788

        """
    }

    private var source: [String] {
        guard let preset else {
            let presets = "presets: \(ProviderPreset.names.joined(separator: ", "))".folded(to: 96).map { "# " + $0 }
            return [
                "# The embedded simulator answers: no account, no network. Remove this line once a provider is named.",
                "simulate: true",
                "",
                "# providers:                      # the first that serves a model is preferred",
                "#   - id: openai",
                "#     api_key: { env: OPENAI_API_KEY }",
            ] + presets
        }
        var lines = ["providers:                        # the first that serves a model is preferred"]
        lines.append("  - id: \(ConfigurationDraft.scalar(preset.id))")
        if let baseURL {
            lines.append("    base_url: \(ConfigurationDraft.scalar(baseURL))")
        } else {
            for (name, meaning) in preset.placeholders.sorted(by: { $0.key < $1.key }) {
                lines.append("    \(name): my-\(name)    # \(meaning)")
            }
        }
        lines.append("    \(credential(preset))")
        lines.append("    # models:                       # what the preset does not know")
        lines.append("    #   gpt-4o: my-deployment       # a model under another name at this provider")
        lines.append("    #   own: { name: Own-1, capabilities: [streaming, tools], input_tokens: 32000 }")
        return lines
    }

    private func credential(_ preset: ProviderPreset) -> String {
        if let variable = apiKeyEnv ?? preset.credential.environment.first {
            let line = "api_key: { env: \(ConfigurationDraft.scalar(variable)) }   # or { file: path }"
            // A variable that nobody set is no error where no credential is needed, but it would be warned of.
            return apiKeyEnv != nil || preset.credential.isRequired ? line : "# " + line
        }
        return "# api_key: { env: MY_API_KEY }  # or { file: path }"
    }

    /// A YAML scalar: plain where that is unmistakable, else in double quotes.
    static func scalar(_ text: String) -> String { YAMLScalar.text(text) }
}
