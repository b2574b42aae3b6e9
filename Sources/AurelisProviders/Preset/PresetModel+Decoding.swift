internal import Aurelis
internal import AurelisJSON

extension PresetModel {
    init(_ value: JSONValue, at path: String) throws(PresetError) {
        let reader = try PresetReader(
            value,
            at: path,
            fields: [
                "id", "wire", "operations", "offered", "stand_in", "capabilities", "rate_tier", "input_tokens",
                "output_tokens", "successor", "price",
            ]
        )
        id = ModelID(try reader.string("id"))
        wireName = try reader.string("wire")
        if reader.optional("operations") != nil { operations = try Self.operations(reader) }
        if reader.optional("offered") != nil { isOffered = try reader.bool("offered") }
        standIn = try reader.optionalString("stand_in")
        if reader.optional("capabilities") != nil { capabilities = try Self.capabilities(reader) }
        rateTier = try reader.optionalString("rate_tier")
        inputTokens = try reader.optionalCount("input_tokens")
        outputTokens = try reader.optionalCount("output_tokens")
        successor = try reader.optionalString("successor")
        if let price = reader.optional("price") { self.price = try TokenPrice(price, at: reader.place("price")) }
    }

    private static func operations(_ reader: PresetReader) throws(PresetError) -> [ModelOperation] {
        let path = reader.place("operations")
        var operations: [ModelOperation] = []
        for name in try reader.strings("operations") {
            guard let operation = ModelOperation(rawValue: name) else {
                throw PresetError("\"\(name)\" is neither chat nor embeddings", path: path)
            }
            operations.append(operation)
        }
        guard !operations.isEmpty else { throw PresetError("must not be empty", path: path) }
        return operations
    }

    private static func capabilities(_ reader: PresetReader) throws(PresetError) -> ModelCapabilities {
        var capabilities: ModelCapabilities = []
        for name in try reader.strings("capabilities") {
            guard let known = ModelCapabilities.named.first(where: { $0.name == name }) else {
                let names = ModelCapabilities.named.map(\.name).joined(separator: ", ")
                throw PresetError("\"\(name)\" is none of \(names)", path: reader.place("capabilities"))
            }
            capabilities.insert(known.capability)
        }
        return capabilities
    }
}

extension TokenPrice {
    fileprivate init(_ value: JSONValue, at path: String) throws(PresetError) {
        let reader = try PresetReader(value, at: path, fields: ["input", "cached_input", "output"])
        self.init(
            input: try reader.price("input"),
            cachedInput: try reader.optional("cached_input") == nil ? nil : reader.price("cached_input"),
            output: try reader.price("output")
        )
    }
}

extension RateQuota {
    init(_ value: JSONValue, at path: String) throws(PresetError) {
        let reader = try PresetReader(
            value,
            at: path,
            fields: ["requests_per_minute", "requests_per_day", "input_tokens", "output_tokens", "concurrent"]
        )
        requestsPerMinute = try reader.count("requests_per_minute")
        requestsPerDay = try reader.count("requests_per_day")
        inputTokens = try reader.count("input_tokens")
        outputTokens = try reader.optionalCount("output_tokens")
        concurrent = try reader.count("concurrent")
    }
}
