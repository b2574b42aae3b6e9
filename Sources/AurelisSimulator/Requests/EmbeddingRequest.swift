internal import AurelisJSON

/// An embeddings request, read, checked and answered.
struct EmbeddingRequest: Sendable {
    private static let maximumInputs = 2_048

    var inputs: [String] = []
    var promptTokens = 0
    var dimensions: Int
    var isBase64 = false

    /// Reads and checks a request.
    ///
    /// - Throws: the answer of a platform that refuses it.
    init(reading body: JSONDocument, for model: SimulatedModel) throws(PlatformError) {
        let fields = FieldReader(body, model: model)
        let own = model.dimensions ?? 1
        dimensions = try fields.int("dimensions", in: 1...own) ?? own
        if let format = body["encoding_format"], !format.isNull {
            switch format.string {
            case "float": isBase64 = false
            case "base64": isBase64 = true
            default: throw fields.invalid("encoding_format", "expected float or base64")
            }
        }
        guard let input = body["input"], !input.isNull else { throw fields.invalid("input", "is missing") }
        if let text = input.string {
            try add(text, fields)
        } else if input.kind == .array, input[0]?.kind == .number {
            try addTokens(input, fields)
        } else if input.kind == .array {
            for element in input.elements {
                if let text = element.string { try add(text, fields) } else { try addTokens(element, fields) }
            }
        }
        guard !inputs.isEmpty else {
            throw fields.invalid("input", "expected a text, a list of texts, or a list of tokens")
        }
    }

    private mutating func add(_ text: String, _ fields: FieldReader) throws(PlatformError) {
        guard !text.isEmpty else { throw fields.invalid("input", "a text must not be empty") }
        try append(text, tokens: SimpleTokenizer.count(text), fields)
    }

    /// A list of tokens stands for the text that only the client knows; its spelling is as good as any.
    private mutating func addTokens(_ list: JSONValue, _ fields: FieldReader) throws(PlatformError) {
        let tokens = list.elements.compactMap(\.int)
        guard list.kind == .array, !tokens.isEmpty, tokens.count == list.count else {
            throw fields.invalid("input", "expected a text, a list of texts, or a list of tokens")
        }
        try append(tokens.map(String.init).joined(separator: " "), tokens: tokens.count, fields)
    }

    private mutating func append(_ text: String, tokens: Int, _ fields: FieldReader) throws(PlatformError) {
        guard inputs.count < Self.maximumInputs else {
            throw fields.invalid("input", "expected at most \(Self.maximumInputs) texts")
        }
        inputs.append(text)
        promptTokens += tokens
    }

    /// The answer.
    func document(by model: SimulatedModel, seed: UInt64) -> [UInt8] {
        var hash = StableHash(seed: seed)
        hash.combine(model.id)
        var json = JSONWriter(capacity: inputs.count * dimensions * 12)
        json.object { json in
            json.field("object", "list")
            json.key("data")
            json.array(of: inputs.enumerated()) { json, entry in
                json.field("object", "embedding")
                json.field("index", entry.offset)
                json.key("embedding")
                let vector = EmbeddingVector.make(
                    entry.element,
                    dimensions: dimensions,
                    of: model.dimensions ?? dimensions,
                    seed: hash.value
                )
                guard !isBase64 else { return json.string(EmbeddingVector.base64(vector)) }
                json.beginArray()
                for value in vector { json.double((Double(value) * 1e8).rounded() / 1e8) }
                json.endArray()
            }
            json.field("model", model.answerName)
            json.object("usage") { json in
                json.field("prompt_tokens", promptTokens)
                json.field("total_tokens", promptTokens)
            }
        }
        return json.bytes
    }
}
