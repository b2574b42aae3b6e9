internal import AurelisJSON

/// The three lists of models, one for each surface.
extension ModelCatalog {
    func listing(for surface: Surface) -> [UInt8] {
        switch surface {
        case .current: currentListing()
        case .legacy: legacyListing()
        case .openAI: openAIListing()
        }
    }

    /// `GET /catalog/models`: a bare array.
    private func currentListing() -> [UInt8] {
        var json = JSONWriter(capacity: 8_192)
        json.array(of: models) { json, model in
            json.field("id", model.id)
            json.field("name", model.name)
            json.field("publisher", model.publisher.displayName)
            json.field("registry", model.publisher.registry)
            json.field("summary", model.summary)
            json.field("html_url", "https://github.com/marketplace/models/\(model.publisher.registry)/\(model.name)")
            json.field("version", model.version)
            json.strings("capabilities", model.capabilities)
            json.object("limits") { json in
                json.field("max_input_tokens", model.maximumInput)
                json.field("max_output_tokens", model.maximumOutput)
            }
            json.field("rate_limit_tier", model.rateTier.catalogName)
            json.strings("supported_input_modalities", model.inputs)
            json.strings("supported_output_modalities", [model.isEmbedding ? "embeddings" : "text"])
            json.strings("tags", model.tags)
        }
        return json.bytes
    }

    /// `GET /models` of the retired host: a bare array of what it served.
    private func legacyListing() -> [UInt8] {
        var json = JSONWriter(capacity: 8_192)
        json.array(of: models.filter { !$0.isNew }) { json, model in
            let registry = model.publisher.registry
            json.field("id", "azureml://registries/\(registry)/models/\(model.name)/versions/\(model.version)")
            json.field("name", model.name)
            json.field("friendly_name", model.name)
            json.field("model_version", model.version)
            json.field("publisher", model.publisher.displayName)
            json.field("model_family", model.publisher.displayName)
            json.field("model_registry", registry)
            json.field("task", model.isEmbedding ? "embeddings" : "chat-completion")
            json.field("description", model.summary)
            json.field("summary", model.summary)
            json.strings("tags", model.tags)
        }
        return json.bytes
    }

    /// `GET /v1/models`: OpenAI's list object.
    private func openAIListing() -> [UInt8] {
        var json = JSONWriter(capacity: 4_096)
        json.beginObject()
        json.field("object", "list")
        json.key("data")
        json.array(of: models) { json, model in
            json.field("id", model.id)
            json.field("object", "model")
            json.field("created", AnswerIdentity.created)
            json.field("owned_by", model.publisher.rawValue)
        }
        json.endObject()
        return json.bytes
    }
}
