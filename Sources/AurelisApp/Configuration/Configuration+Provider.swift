internal import Aurelis
internal import AurelisProviders
internal import AurelisTransport

extension Configuration.Provider {
    static let settings = [
        "id", "preset", "base_url", "resource", "api_key", "plan", "limits", "prefill", "models", "unlisted_models",
        "headers",
        "time_limits", "tls", "pins", "pin_mode", "signing",
    ]

    /// - Parameter tls: how servers are authenticated that do not say otherwise.
    init(
        reading section: SettingsReader,
        over tls: TLSClientSettings,
        warnings: inout [String]
    ) throws(ConfigurationError) {
        guard let id = try section.string("id"), !id.isEmpty else {
            throw section.error("is missing; give the provider a name", at: "id")
        }
        guard id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), id.count <= 64 else {
            throw section.error("must be up to 64 letters, digits and signs without spaces", at: "id")
        }
        self.id = id
        let isPreset = ProviderPreset.names.contains(id)
        preset = try section.string("preset", default: isPreset ? id : "custom") ?? "custom"
        do {
            _ = try ProviderPreset.named(preset)
        } catch {
            throw section.error("\(error)", at: section.has("preset") ? "preset" : "id")
        }
        if !isPreset, !section.has("preset"), !section.has("base_url") {
            let nearest = Suggestion.nearest(to: id, among: ProviderPreset.names)
            throw section.error(
                "\"\(RepeatedText.name(id))\" is no preset, so it needs a base_url",
                at: "id",
                suggestion: nearest.map { "did you mean \"\($0)\"?" }
                    ?? "presets: \(ProviderPreset.names.joined(separator: ", "))"
            )
        }
        baseURL = try section.string("base_url")
        if let baseURL {
            do { _ = try HTTPOrigin(parsing: baseURL) } catch {
                throw section.error("is no http or https address: \(error.message)", at: "base_url")
            }
        }
        if let resource = try section.string("resource") { placeholders["resource"] = resource }
        apiKey = try section.secret("api_key", of: "\"\(id)\"", warnings: &warnings)
        plan = try section.string("plan")
        if section.has("limits") { quota = try QuotaPlan(reading: "limits", of: section) }
        if section.has("prefill"), !section.isNull("prefill") {
            let prefill = try section.section("prefill", knowing: ["style", "answer"])
            let styles = ProviderPreset.Prefill.Style.allCases.map { ($0.rawValue, $0) }
            let answers = AssistantPrefill.allCases.map { ($0.rawValue, $0) }
            self.prefill = .init(
                style: try prefill.choice("style", among: styles, default: "plain") ?? .plain,
                answer: try prefill.choice("answer", among: answers, default: "continues") ?? .continues
            )
        }
        let models = try section.section("models", knowing: nil)
        for name in models.names { self.models[ModelID(name)] = try ModelSettings(reading: name, of: models) }
        let rules = ProviderPreset.UnlistedModels.allCases.map { ($0.rawValue, $0) }
        unlistedModels = try section.choice("unlisted_models", among: rules, default: nil)
        headers = try Self.texts(section, "headers")
        let limits = try section.section("time_limits", knowing: ["connect", "first_byte", "between_bytes", "total"])
        timeouts.connect = try limits.positive("connect", default: timeouts.connect)
        timeouts.firstByte = try limits.positive("first_byte", default: timeouts.firstByte)
        timeouts.betweenBytes = try limits.positive("between_bytes", default: timeouts.betweenBytes)
        timeouts.total = try limits.positive("total", default: timeouts.total ?? .seconds(60))
        self.tls = try TLSClientSettings(ofProvider: section, over: tls)
        signing = try Configuration.Signing(reading: "signing", of: section, warnings: &warnings)
    }

    private static func texts(_ section: SettingsReader, _ name: String) throws(ConfigurationError) -> [String: String]
    {
        let map = try section.section(name, knowing: nil)
        var texts: [String: String] = [:]
        for key in map.names { texts[key] = try map.string(key, secret: name == "headers") }
        return texts
    }
}

extension ModelSettings {
    /// A name on the wire alone, or a map of what is known.
    fileprivate init(reading name: String, of models: SettingsReader) throws(ConfigurationError) {
        guard models.isMap(name) else {
            self.init(wireName: try models.string(name))
            return
        }
        let section = try models.section(
            name,
            knowing: ["name", "capabilities", "input_tokens", "output_tokens", "price", "limits", "prefill"]
        )
        self.init(wireName: try section.string("name"))
        if let names = try section.strings("capabilities") {
            var known: ModelCapabilities = []
            for name in names {
                guard let (_, capability) = ModelCapabilities.named.first(where: { $0.name == name }) else {
                    let all = ModelCapabilities.named.map(\.name).joined(separator: ", ")
                    throw section.error("\(RepeatedText.value(name)) is none of \(all)", at: "capabilities")
                }
                known.insert(capability)
            }
            capabilities = known
        }
        let tokens = 1...100_000_000
        if section.has("input_tokens") { inputLimit = try section.integer("input_tokens", in: tokens, default: 1) }
        if section.has("output_tokens") { outputLimit = try section.integer("output_tokens", in: tokens, default: 1) }
        if section.has("price") {
            let price = try section.section("price", knowing: ["input", "cached_input", "output"])
            self.price = TokenPrice(
                input: try price.dollars("input"),
                cachedInput: price.has("cached_input") ? try price.dollars("cached_input") : nil,
                output: try price.dollars("output")
            )
        }
        if section.has("limits") { quota = try QuotaPlan(reading: "limits", of: section) }
        let styles = AssistantPrefill.allCases.map { ($0.rawValue, $0) }
        prefill = try section.choice("prefill", among: styles, default: nil)
    }
}

extension SettingsReader {
    /// Dollars for a million tokens, in picodollars a token.
    fileprivate func dollars(_ name: String) throws(ConfigurationError) -> Int64 {
        guard let text = try string(name), let price = TokenPrice.picodollars(perMillionTokens: text) else {
            throw error("must be dollars for a million tokens, such as 2.5", at: name)
        }
        return price
    }
}
