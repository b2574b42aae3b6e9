internal import AurelisProviders

/// A provider as LiteLLM names it in front of a model, and who that is here.
struct LiteLLMProvider: Sendable {
    let name: String
    /// The preset; nil: it speaks no protocol that Aurelis speaks.
    let preset: String?
    /// Where it is, when the preset does not know.
    var baseURL: String?
    /// The variable in which LiteLLM looks for its key, when the preset does not.
    var variable: String?

    private init(_ name: String, _ preset: String?, _ baseURL: String? = nil, _ variable: String? = nil) {
        self.name = name
        self.preset = preset
        self.baseURL = baseURL
        self.variable = variable
    }

    /// Splits `provider/model`; a model without a provider is recognised by its name, as LiteLLM does.
    static func split(_ model: String) -> (provider: LiteLLMProvider, model: String) {
        if let slash = model.firstIndex(of: "/") {
            let prefix = String(model[..<slash])
            let rest = String(model[model.index(after: slash)...])
            if let known = all.first(where: { $0.name == prefix }) { return (known, rest) }
            if foreign.contains(prefix) { return (LiteLLMProvider(prefix, nil), rest) }
        }
        let beginnings = [
            ("claude", "anthropic"), ("gemini", "gemini"), ("mistral", "mistral"), ("deepseek", "deepseek"),
            ("command", "cohere"),
        ]
        let name = beginnings.first { model.hasPrefix($0.0) }?.1 ?? "openai"
        return (all.first { $0.name == name } ?? LiteLLMProvider(name, nil), model)
    }

    private static let all: [LiteLLMProvider] = [
        .init("openai", "openai"), .init("text-completion-openai", "openai"), .init("azure", "foundry"),
        .init("azure_ai", "foundry"), .init("gemini", "gemini"), .init("groq", "groq"), .init("mistral", "mistral"),
        .init("openrouter", "openrouter"), .init("ollama", "ollama"), .init("ollama_chat", "ollama"),
        .init("hosted_vllm", "vllm"), .init("vllm", "vllm"), .init("github", "github-models"),
        .init("anthropic", "custom", "https://api.anthropic.com/v1", "ANTHROPIC_API_KEY"),
        .init("deepseek", "custom", "https://api.deepseek.com/v1", "DEEPSEEK_API_KEY"),
        .init("together_ai", "custom", "https://api.together.xyz/v1", "TOGETHERAI_API_KEY"),
        .init("fireworks_ai", "custom", "https://api.fireworks.ai/inference/v1", "FIREWORKS_AI_API_KEY"),
        .init("xai", "custom", "https://api.x.ai/v1", "XAI_API_KEY"),
        .init("perplexity", "custom", "https://api.perplexity.ai", "PERPLEXITYAI_API_KEY"),
        .init("cerebras", "custom", "https://api.cerebras.ai/v1", "CEREBRAS_API_KEY"),
        .init("nvidia_nim", "custom", "https://integrate.api.nvidia.com/v1", "NVIDIA_NIM_API_KEY"),
        .init("deepinfra", "custom", "https://api.deepinfra.com/v1/openai", "DEEPINFRA_API_KEY"),
        .init("lm_studio", "custom"), .init("litellm_proxy", "custom"), .init("openai_like", "custom"),
        .init("custom_openai", "custom"), .init("llamafile", "custom"),
    ]

    /// Those that speak protocols of their own.
    private static let foreign: Set<String> = [
        "bedrock", "vertex_ai", "vertex_ai_beta", "sagemaker", "sagemaker_chat", "cohere", "cohere_chat", "huggingface",
        "replicate", "watsonx", "palm", "triton", "oci", "snowflake", "databricks", "ai21", "aleph_alpha", "baseten",
        "petals", "predibase", "voyage", "jina_ai", "rerank", "assemblyai", "deepgram", "elevenlabs",
    ]
}
