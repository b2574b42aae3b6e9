/// One model of the platform: what the catalog says of it, and how it behaves.
struct SimulatedModel: Sendable {
    /// Who made it, in the first part of the id.
    enum Publisher: String, Sendable {
        case openAI = "openai"
        case mistral = "mistral-ai"
        case cohere
        case meta

        /// The publisher as the catalog writes it.
        var displayName: String {
            switch self {
            case .openAI: "OpenAI"
            case .mistral: "Mistral AI"
            case .cohere: "Cohere"
            case .meta: "Meta"
            }
        }

        /// The registry as the catalog writes it.
        var registry: String {
            switch self {
            case .openAI: "azure-openai"
            case .mistral: "azureml-mistral"
            case .cohere: "azureml-cohere"
            case .meta: "azureml-meta"
            }
        }
    }

    var publisher: Publisher
    /// The name on the retired host, and the second part of the id in its own case: `Codestral-2501`.
    var name: String
    /// The name in answers: bare and dated.
    var answerName: String
    var summary: String
    var version: String
    var rateTier: RateTier
    /// Tokens that the model itself takes and gives; a plan's limits are lower.
    var maximumInput: Int
    var maximumOutput: Int
    var capabilities: [String] = ["streaming", "tool-calling"]
    var inputs: [String] = ["text"]
    var tags: [String]
    /// The length of its vectors; nil for a chat model.
    var dimensions: Int?
    /// Whether only the current host serves it.
    var isNew = false

    /// The name on the wire of the current host.
    var id: String { publisher.rawValue + "/" + name.lowercased() }
    /// The name in messages of errors.
    var bareName: String { name.lowercased() }
    var isEmbedding: Bool { dimensions != nil }
    var isOpenAI: Bool { publisher == .openAI }
    var seesImages: Bool { inputs.contains("image") }
    /// Whether it refuses `max_tokens` and a temperature.
    var isReasoning: Bool { capabilities.contains("reasoning") }
    /// Whether it goes on where a last message of the assistant ends.
    var continuesAssistant: Bool { publisher == .mistral }
}
