internal import Aurelis
internal import AurelisProviders
internal import AurelisTransport

/// One entry of LiteLLM's `model_list`: a name for clients, and who answers under it.
struct LiteLLMDeployment {
    /// Where a credential is.
    enum Key: Hashable {
        case variable(String)
        /// It stands in the file, from which it is not taken.
        case literal(String)
    }

    var name: String
    var provider: LiteLLMProvider
    var wireName: String
    var origin: ConfigurationOrigin
    var key: Key?
    var address = Address.preset
    var limits: [(name: String, amount: Int)] = []
    var inputTokens: Int?
    var outputTokens: Int?
    /// Dollars for a million tokens.
    var price: (input: String, output: String)?
    var notes: [ImportNote] = []

    /// Where the provider is.
    enum Address: Hashable {
        case preset
        case url(String)
        /// A name that stands for a placeholder of the preset's address.
        case resource(String)
        /// In a variable, which a configuration here cannot name.
        case variable(String)
    }

    /// Whether it passes every name on (`openai/*`).
    var isWildcard: Bool { name.contains("*") || wireName.contains("*") }

    static let environmentPrefix = "os.environ/"

    init(_ tree: ConfigurationTree, index: Int) throws(ConfigurationError) {
        let path = "model_list[\(index)]"
        var entry = ImportSection(tree, path: path)
        let parameters = entry.take("litellm_params")
        var section = ImportSection(parameters, path: "\(path).litellm_params")
        guard let name = entry.takeText("model_name"), let model = section.takeText("model") else {
            throw ConfigurationError("needs a model_name and litellm_params.model", path: path, origin: tree.origin)
        }
        self.name = name
        origin = tree.origin
        (provider, wireName) = LiteLLMProvider.split(model)
        if let other = section.takeText("custom_llm_provider") {
            provider = LiteLLMProvider.split("\(other)/\(wireName)").provider
        }
        key = section.takeText("api_key").flatMap { text in
            text.isEmpty ? nil : Self.variable(text).map(Key.variable) ?? .literal(text)
        }
        if let base = section.takeText("api_base") ?? section.takeText("base_url") { readAddress(base) }
        var info = ImportSection(entry.take("model_info"), path: "\(path).model_info")
        readLimits(&section)
        readFacts(&section, &info)
        notes += section.rest(Self.reasons) + info.rest(Self.reasons) + entry.rest()
    }

    private static let reasons = [
        "api_version": "the v1 address needs no version", "timeout": "time limits are a provider's: time_limits",
        "stream_timeout": "the limit to a first token is everybody's: routing.first_token_timeout",
        "max_retries": "retries are everybody's: retry", "num_retries": "retries are everybody's: retry",
        "id": "a route is named by its provider and model", "weight": "the first provider of a model is preferred",
        "order": "providers are asked in the order of this file",
        "base_model": "prices and limits stand with the model",
        "temperature": "what a request does not say is left to the provider",
        "max_tokens": "what a request does not say is left to the provider",
        "mode": "chat and embeddings are told apart by the request",
        "organization": "add it to the provider's headers as OpenAI-Organization",
        "supports_vision": "list all capabilities of the model, or none: capabilities",
        "supports_function_calling": "list all capabilities of the model, or none: capabilities",
        "aws_access_key_id": "not taken over", "aws_secret_access_key": "not taken over",
    ]

    /// The name in `os.environ/NAME`.
    static func variable(_ text: String) -> String? {
        guard text.hasPrefix(environmentPrefix) else { return nil }
        let name = String(text.dropFirst(environmentPrefix.count))
        return VariableName.isValid(name) ? name : nil
    }

    private mutating func readAddress(_ text: String) {
        if let variable = Self.variable(text) {
            address = .variable(variable)
            return
        }
        var base = text
        while base.hasSuffix("/") { base.removeLast() }
        guard let origin = try? HTTPOrigin(parsing: base) else {
            notes.append(ImportNote(self.origin, "api_base of \(name)", "is no address, and is left out"))
            return
        }
        switch provider.preset {
        case "foundry":
            let suffix = ".openai.azure.com"
            if origin.host.hasSuffix(suffix) {
                address = .resource(String(origin.host.dropLast(suffix.count)))
            } else {
                address = .url("\(origin.scheme.rawValue)://\(origin.authority)/openai/v1")
            }
        case "ollama": address = .url(base.hasSuffix("/v1") ? base : base + "/v1")
        default: address = .url(base)
        }
    }

    private mutating func readLimits(_ section: inout ImportSection) {
        for (name, ours) in [
            ("rpm", "requests_per_minute"), ("tpm", "tokens_per_minute"), ("max_parallel_requests", "concurrent"),
        ] {
            if let amount = section.takeCount(name) { limits.append((ours, min(amount, 1_000_000_000))) }
        }
    }

    private mutating func readFacts(_ section: inout ImportSection, _ info: inout ImportSection) {
        inputTokens = info.takeCount("max_input_tokens")
        outputTokens = info.takeCount("max_output_tokens") ?? info.takeCount("max_tokens")
        let input = info.takeText("input_cost_per_token") ?? section.takeText("input_cost_per_token")
        let output = info.takeText("output_cost_per_token") ?? section.takeText("output_cost_per_token")
        guard input != nil || output != nil else { return }
        if let input = input.flatMap(Self.perMillion), let output = output.flatMap(Self.perMillion) {
            price = (input, output)
        } else {
            notes.append(ImportNote(origin, "the price of \(name)", "is left out: it needs both, for input and output"))
        }
    }

    /// Dollars for a million tokens, from dollars for one; nil: no such number.
    private static func perMillion(_ text: String) -> String? {
        guard let dollars = Double(text), dollars >= 0, dollars < 1 else { return nil }
        // Six digits after the point are as fine as prices are counted.
        let millionths = (dollars * 1e12).rounded()
        let whole = Int(millionths)
        var fraction = "\(whole % 1_000_000)"
        fraction = String(repeating: "0", count: 6 - fraction.count) + fraction
        while fraction.hasSuffix("0") { fraction.removeLast() }
        let text = "\(whole / 1_000_000)" + (fraction.isEmpty ? "" : ".\(fraction)")
        return TokenPrice.picodollars(perMillionTokens: text) == nil ? nil : text
    }
}
