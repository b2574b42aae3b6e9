internal import Aurelis
internal import AurelisJSON

extension ProviderPreset {
    /// Reads a preset's data file.
    ///
    /// - Throws: what is wrong and where: a missing or misspelt field, a wrong type, a name that occurs twice.
    package init(decoding bytes: [UInt8]) throws(PresetError) {
        let document: JSONDocument
        do { document = try JSONDocument(bytes) } catch { throw PresetError("\(error)") }
        try self.init(document.root)
    }

    private init(_ root: JSONValue) throws(PresetError) {
        let reader = try PresetReader(
            root,
            at: "",
            fields: [
                "id", "name", "documentation", "base_url", "placeholders", "paths", "catalog", "authentication",
                "credential", "headers", "unlisted_models", "models", "rate_tiers", "prefill", "stream_usage",
                "answer_limit", "limit_headers", "retirement",
            ]
        )
        id = try reader.string("id")
        displayName = try reader.string("name")
        documentation = try reader.string("documentation")
        baseURL = try reader.optionalString("base_url")
        placeholders = try Self.texts(reader.optional("placeholders"), at: "placeholders").reduce(into: [:]) {
            $0[$1.name] = $1.value
        }
        paths = try Paths(reader.value("paths"))
        catalog = try reader.choice("catalog")
        authentication = try Authentication(reader.value("authentication"))
        credential = try CredentialNeed(reader.value("credential"))
        headers = try Self.texts(reader.optional("headers"), at: "headers")
        unlistedModels = try reader.choice("unlisted_models")
        models = try Self.models(reader.value("models"))
        rateTiers = try Self.rateTiers(reader.optional("rate_tiers"))
        prefill = try reader.optional("prefill").map(Prefill.init)
        streamUsage = try reader.optional("stream_usage") == nil ? .unknown : reader.choice("stream_usage")
        answerLimit = try reader.optional("answer_limit") == nil ? .asSent : reader.choice("answer_limit")
        (reportsLimits, limitPeriods) = try Self.limitHeaders(reader)
        retirement = try reader.optional("retirement").map(Retirement.init)
        try checkTiers()
    }

    private func checkTiers() throws(PresetError) {
        for (index, model) in models.enumerated() {
            guard let tier = model.rateTier, rateTiers[tier] == nil else { continue }
            throw PresetError("\"\(tier)\" is not among the rate tiers", path: "models[\(index)].rate_tier")
        }
    }

    /// `false`, or in which time each holds: `{"requests": "day", "tokens": "minute"}`.
    private static func limitHeaders(
        _ reader: PresetReader
    ) throws(PresetError) -> (Bool, [QuotaLimit.Unit: QuotaLimit.Period]) {
        guard let value = reader.optional("limit_headers") else { return (true, [:]) }
        guard value.kind == .object else { return (try reader.bool("limit_headers"), [:]) }
        var periods: [QuotaLimit.Unit: QuotaLimit.Period] = [:]
        for (name, period) in value.members {
            let path = "limit_headers.\(name)"
            guard let text = period.string else { throw PresetError("must be a text", path: path) }
            let unit: QuotaLimit.Unit = try PresetReader.choice(name, at: "limit_headers")
            periods[unit] = try PresetReader.choice(text, at: path)
        }
        return (true, periods)
    }

    private static func texts(_ value: JSONValue?, at path: String) throws(PresetError) -> [Header] {
        guard let value else { return [] }
        guard value.kind == .object else { throw PresetError("must be an object of texts", path: path) }
        var fields: [Header] = []
        for (name, text) in value.members {
            guard let text = text.string else { throw PresetError("must be a text", path: "\(path).\(name)") }
            fields.append(Header(name: name, value: text))
        }
        return fields
    }

    private static func models(_ value: JSONValue) throws(PresetError) -> [PresetModel] {
        guard value.kind == .array else { throw PresetError("must be a list of models", path: "models") }
        var models: [PresetModel] = []
        var seen: Set<ModelID> = []
        for element in value.elements {
            let model = try PresetModel(element, at: "models[\(models.count)]")
            guard seen.insert(model.id).inserted else {
                throw PresetError("\"\(model.id)\" occurs twice", path: "models[\(models.count)].id")
            }
            models.append(model)
        }
        return models
    }

    private static func rateTiers(_ value: JSONValue?) throws(PresetError) -> [String: [String: RateQuota]] {
        guard let value else { return [:] }
        guard value.kind == .object else { throw PresetError("must be an object of tiers", path: "rate_tiers") }
        var tiers: [String: [String: RateQuota]] = [:]
        for (tier, plans) in value.members {
            guard plans.kind == .object else {
                throw PresetError("must be an object of plans", path: "rate_tiers.\(tier)")
            }
            for (plan, quota) in plans.members {
                tiers[tier, default: [:]][plan] = try RateQuota(quota, at: "rate_tiers.\(tier).\(plan)")
            }
        }
        return tiers
    }
}

extension ProviderPreset.Paths {
    fileprivate init(_ value: JSONValue) throws(PresetError) {
        let reader = try PresetReader(value, at: "paths", fields: ["chat", "embeddings", "models"])
        chat = try reader.string("chat")
        embeddings = try reader.string("embeddings")
        models = try reader.string("models")
    }
}

extension ProviderPreset.Authentication {
    fileprivate init(_ value: JSONValue) throws(PresetError) {
        let reader = try PresetReader(value, at: "authentication", fields: ["kind", "name"])
        switch try reader.string("kind") {
        case "bearer": self = .bearer
        case "none": self = .none
        case "header": self = .header(try reader.string("name"))
        default: throw PresetError("must be bearer, header or none", path: reader.place("kind"))
        }
    }
}

extension ProviderPreset.CredentialNeed {
    fileprivate init(_ value: JSONValue) throws(PresetError) {
        let reader = try PresetReader(value, at: "credential", fields: ["required", "environment", "kind"])
        isRequired = try reader.bool("required")
        environment = try reader.strings("environment")
        kind = try reader.optional("kind") == nil ? .opaque : reader.choice("kind")
    }
}

extension ProviderPreset.Prefill {
    fileprivate init(_ value: JSONValue) throws(PresetError) {
        let reader = try PresetReader(value, at: "prefill", fields: ["style", "answer"])
        style = try reader.choice("style")
        answer = try reader.choice("answer")
    }
}

extension ProviderPreset.Retirement {
    fileprivate init(_ value: JSONValue) throws(PresetError) {
        let reader = try PresetReader(value, at: "retirement", fields: ["date", "message", "way_out"])
        guard let date = CalendarDate(parsing: try reader.string("date")) else {
            throw PresetError("must be a date such as 2026-07-30", path: reader.place("date"))
        }
        self.date = date
        message = try reader.string("message")
        wayOut = try reader.string("way_out")
    }
}
