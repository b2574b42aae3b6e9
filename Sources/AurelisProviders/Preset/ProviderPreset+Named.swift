internal import Aurelis

extension ProviderPreset {
    /// The preset of a name; only its own data file is read.
    ///
    /// - Throws: for a name there is no preset of, with the one that was probably meant.
    package static func named(_ name: String) throws(PresetError) -> ProviderPreset {
        guard let file = files.first(where: { $0.name.equalsIgnoringCase(name) }) else {
            throw PresetError(
                "unknown preset \"\(name)\" (there are \(names.joined(separator: ", ")))",
                suggestion: Suggestion.nearest(to: name, among: names)
            )
        }
        do {
            return try ProviderPreset(decoding: file.bytes())
        } catch {
            throw PresetError(error.message, path: "preset \(file.name): \(error.path ?? "")")
        }
    }

    /// The names of all presets.
    package static var names: [String] { files.map(\.name) }

    /// Whether there is a preset of this name.
    package static func exists(_ name: String) -> Bool { files.contains { $0.name.equalsIgnoringCase(name) } }

    /// All presets. Reads every data file: for lists, not for starting up.
    ///
    /// - Throws: when a data file is wrong.
    package static func all() throws(PresetError) -> [ProviderPreset] {
        var presets: [ProviderPreset] = []
        for name in names { presets.append(try named(name)) }
        return presets
    }

    // Closures, because the bytes of an embedded file become an array only when somebody asks for them.
    private static let files: [(name: String, bytes: @Sendable () -> [UInt8])] = [
        ("github-models", { PackageResources.github_models_json }),
        ("github-models-legacy", { PackageResources.github_models_legacy_json }),
        ("foundry", { PackageResources.foundry_json }),
        ("openai", { PackageResources.openai_json }),
        ("openrouter", { PackageResources.openrouter_json }),
        ("groq", { PackageResources.groq_json }),
        ("gemini", { PackageResources.gemini_json }),
        ("mistral", { PackageResources.mistral_json }),
        ("ollama", { PackageResources.ollama_json }),
        ("vllm", { PackageResources.vllm_json }),
        ("custom", { PackageResources.custom_json }),
    ]
}
