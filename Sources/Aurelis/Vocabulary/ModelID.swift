/// A model's name: open to any string, with the nine models of the design document as constants.
///
///     let model: ModelID = "mistral-ai/codestral-2501"
///     model == .codestral2501        // true: an alias is the same model
///     model.spelling                 // "mistral-ai/codestral-2501": what was asked for, for the wire
///
/// Names compare without regard to case. A provider's preset decides what goes on the wire; a model that the preset
/// does not list goes out exactly as it was spelled, because some servers tell cases apart.
public struct ModelID: Sendable, ExpressibleByStringLiteral {
    /// The one name all aliases share, in lower case: `codestral-2501`.
    public let canonical: String
    /// The name as it was given.
    public let spelling: String

    /// Takes any name; aliases of the nine models become their canonical name.
    public init(_ name: String) {
        self.spelling = name
        if ModelID.canonicalNames.contains(name) {
            self.canonical = name
        } else {
            let folded = name.lowercased()
            self.canonical = ModelID.aliases[folded] ?? folded
        }
    }

    /// Takes any name; aliases of the nine models become their canonical name.
    public init(stringLiteral name: String) {
        self.init(name)
    }
}

extension ModelID: Hashable {
    /// Two names are equal when they mean the same model.
    public static func == (left: ModelID, right: ModelID) -> Bool {
        left.canonical == right.canonical
    }

    /// Hashes the canonical name.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(canonical)
    }
}

extension ModelID: CustomStringConvertible {
    /// The canonical name.
    public var description: String { canonical }
}

extension ModelID: Codable {
    /// Reads a plain string.
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    /// Writes the name as it was given.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(spelling)
    }
}

extension ModelID {
    /// Codestral 2501 by Mistral: code.
    public static let codestral2501 = ModelID("codestral-2501")
    /// GPT-4o by OpenAI: general, vision, tools.
    public static let gpt4o = ModelID("gpt-4o")
    /// GPT-4o mini by OpenAI: the global fallback.
    public static let gpt4oMini = ModelID("gpt-4o-mini")
    /// Command R by Cohere: documentation.
    public static let commandR = ModelID("command-r")
    /// Command R+ by Cohere: documentation, tools.
    public static let commandRPlus = ModelID("command-r-plus")
    /// Llama 3.1 70B Instruct by Meta.
    public static let llama31x70B = ModelID("llama-3.1-70b")
    /// Llama 3.1 405B Instruct by Meta: reasoning.
    public static let llama31x405B = ModelID("llama-3.1-405b")
    /// Mistral Large: reasoning.
    public static let mistralLarge = ModelID("mistral-large")
    /// Mistral Nemo: explanation, translation.
    public static let mistralNemo = ModelID("mistral-nemo")

    /// The nine models of the design document.
    public static let portfolio: [ModelID] = [
        .codestral2501, .gpt4o, .gpt4oMini, .commandR, .commandRPlus, .llama31x70B, .llama31x405B, .mistralLarge,
        .mistralNemo,
    ]

    private static let canonicalNames: Set<String> = [
        "codestral-2501", "gpt-4o", "gpt-4o-mini", "command-r", "command-r-plus", "llama-3.1-70b", "llama-3.1-405b",
        "mistral-large", "mistral-nemo",
    ]

    /// Lower-case spellings seen on either host of GitHub Models, and the short forms people type.
    private static let aliases: [String: String] = [
        "mistral-ai/codestral-2501": "codestral-2501",
        "openai/gpt-4o": "gpt-4o",
        "openai/gpt-4o-mini": "gpt-4o-mini",
        "cohere-command-r": "command-r",
        "cohere/cohere-command-r": "command-r",
        "cohere-command-r-plus": "command-r-plus",
        "cohere/cohere-command-r-plus": "command-r-plus",
        "meta-llama-3.1-70b-instruct": "llama-3.1-70b",
        "meta/meta-llama-3.1-70b-instruct": "llama-3.1-70b",
        "meta-llama-3.1-405b-instruct": "llama-3.1-405b",
        "meta/meta-llama-3.1-405b-instruct": "llama-3.1-405b",
        "mistral-ai/mistral-large": "mistral-large",
        "mistral-ai/mistral-nemo": "mistral-nemo",
    ]
}
