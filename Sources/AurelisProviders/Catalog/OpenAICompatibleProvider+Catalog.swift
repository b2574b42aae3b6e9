package import Aurelis
internal import AurelisJSON
internal import AurelisTransport

extension OpenAICompatibleProvider {
    /// Asks the provider which models it has. Listed does not mean that this account may use it.
    ///
    /// - Throws: what `send` throws; `upstream` with the code `malformed_catalog` for an answer that is no list of models.
    package func fetchCatalog() async throws(ModelError) -> [CatalogModel] {
        do throws(ModelError) {
            if let outage { throw outage }
            let credential = try await credentials.current()
            let request = try signed(endpoint.catalogRequest(credential: credential, timeouts: settings.timeouts))
            let response = try await response(to: request, credential)
            if case .other(let name) = MediaType(response.headers) {
                response.body.cancel()
                throw ModelError.wrongContentType(name, response.status)
            }
            let document = try await document(in: response, status: response.status, credential)
            return try Catalog.models(in: document, shape: settings.preset.catalog)
        } catch {
            throw error.from(id)
        }
    }
}

/// Reads lists of models.
enum Catalog {
    /// No list is longer; the rest is left out.
    private static let maximumModels = 10_000

    /// The models of a list. A server may send the other shape than its preset says: an override can be any server.
    static func models(
        in document: JSONDocument,
        shape: ProviderPreset.CatalogShape
    ) throws(ModelError) -> [CatalogModel] {
        let wrapped = document["data"] ?? document["models"]
        let list = document.root.kind == .array ? document.root : wrapped
        guard let list, list.kind == .array else {
            let due = shape == .array ? "an array" : "an OpenAI list"
            throw ModelError(.upstream, "the provider's models did not come as \(due)", code: "malformed_catalog")
        }
        return list.elements.prefix(maximumModels).compactMap(CatalogModel.init)
    }
}

extension CatalogModel {
    /// nil for an entry without a name.
    init?(_ entry: JSONValue) {
        guard let name = CatalogModel.wireName(of: entry) else { return nil }
        let limits = entry["limits"]
        model = ProviderModel(id: ModelID(name), wireName: name)
        displayName = CatalogModel.text(entry["friendly_name"]) ?? CatalogModel.text(entry["name"])
        publisher = CatalogModel.text(entry["publisher"]) ?? CatalogModel.text(entry["owned_by"])
        summary = CatalogModel.text(entry["summary"]) ?? CatalogModel.text(entry["description"])
        inputTokens =
            limits?["max_input_tokens"]?.int ?? entry["context_length"]?.int ?? entry["max_context_length"]?.int
            ?? entry["context_window"]?.int ?? entry["max_model_len"]?.int
        outputTokens =
            limits?["max_output_tokens"]?.int ?? entry["top_provider"]?["max_completion_tokens"]?.int
            ?? entry["max_completion_tokens"]?.int
        rateTier = CatalogModel.text(entry["rate_limit_tier"])
        capabilities = CatalogModel.capabilities(entry)
    }

    private static func wireName(of entry: JSONValue) -> String? {
        guard let id = text(entry["id"]) ?? text(entry["name"]) else { return nil }
        // The legacy host's ids are addresses in a registry; what it takes on its wire is the name.
        if id.hasPrefix("azureml://"), let name = text(entry["name"]) { return name }
        // Gemini's list has paths, of which its own compatible endpoint takes the last part.
        return id.hasPrefix("models/") ? String(id.dropFirst("models/".count)) : id
    }

    /// A list of names, or Mistral's object of flags.
    private static func capabilities(_ entry: JSONValue) -> [String] {
        guard let value = entry["capabilities"] else { return [] }
        switch value.kind {
        case .array: return value.elements.prefix(32).compactMap { text($0) }
        case .object: return value.members.prefix(32).filter { $0.value.bool == true }.map(\.key)
        default: return []
        }
    }

    /// Text of a stranger, fit for one line of a table.
    private static func text(_ value: JSONValue?) -> String? {
        guard let text = value?.string, !text.isEmpty else { return nil }
        return ErrorBody.presentable(text)
    }
}
