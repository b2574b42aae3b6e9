/// Which models' tokens are counted exactly, and by what.
///
///     var tokenizers = ModelTokenizers()
///     tokenizers.add(BytePairTokenizer(vocabulary, pattern: .o200k), for: ["openai/gpt-4o*", "openai/gpt-4.1*"])
public struct ModelTokenizers: Sendable {
    private var rules: [(models: [String], tokenizer: BytePairTokenizer)] = []

    /// None: every count is an estimate.
    public init() {}

    /// Counts the tokens of these models by a tokenizer; what was added first comes first.
    ///
    /// - Parameter models: model IDs, or beginnings of them that end in `*`; upper and lower case are one.
    public mutating func add(_ tokenizer: BytePairTokenizer, for models: [String]) {
        rules.append((models.map { $0.lowercased() }, tokenizer))
    }

    /// Where the tokenizer of a model is; nil: there is none.
    func index(of model: ModelID) -> Int? {
        guard !rules.isEmpty else { return nil }
        let name = model.spelling.lowercased()
        return rules.firstIndex { rule in
            rule.models.contains { $0.hasSuffix("*") ? name.hasPrefix($0.dropLast()) : name == $0 }
        }
    }

    subscript(index: Int) -> BytePairTokenizer { rules[index].tokenizer }

    /// The tokenizer of a model; nil: there is none.
    public subscript(model: ModelID) -> BytePairTokenizer? { index(of: model).map { self[$0] } }
}
