internal import AurelisJSON

/// The part of the simulator that answers requests and knows neither time nor network.
struct RequestInterpreter: Sendable {
    var catalog = ModelCatalog.standard
    var tier: SimulatorTier
    var seed: UInt64

    func interpretChat(_ bytes: [UInt8], on surface: Surface) -> Interpretation {
        interpret(bytes, on: surface) { body, model, limits, interpretation throws(PlatformError) in
            guard !model.isEmbedding else { throw .wrongOperation("chatCompletion", model: model.bareName) }
            let request = try ChatRequest(reading: body, for: model)
            interpretation.stream = request.stream
            guard request.promptTokens <= limits.input else {
                throw .tokensLimit(model: model.bareName, limit: limits.input)
            }
            guard !SimulationPhrase(in: request.question).filtersPrompt else { throw .contentFilter }
            let answer = ChatAnswer(
                to: request,
                conversation: conversation(body, model),
                model: model,
                seed: seed,
                outputLimit: min(limits.output, model.maximumOutput)
            )
            return .chat(answer)
        }
    }

    func interpretEmbeddings(_ bytes: [UInt8], on surface: Surface) -> Interpretation {
        interpret(bytes, on: surface) { body, model, limits, _ throws(PlatformError) in
            guard model.isEmbedding else { throw .wrongOperation("embeddings", model: model.bareName) }
            let request = try EmbeddingRequest(reading: body, for: model)
            guard request.promptTokens <= limits.input else {
                throw .tokensLimit(model: model.bareName, limit: limits.input)
            }
            return .embeddings(request.document(by: model, seed: seed), tokens: request.promptTokens)
        }
    }

    private func interpret(
        _ bytes: [UInt8],
        on surface: Surface,
        _ answer: (
            JSONDocument, SimulatedModel, RequestLimits, inout Interpretation
        ) throws(PlatformError) -> Interpretation.Outcome
    ) -> Interpretation {
        var interpretation = Interpretation(.refused(.badRequest))
        do throws(PlatformError) {
            let body = try document(bytes)
            let index = try model(named: body["model"], on: surface)
            interpretation.model = index
            interpretation.stream = body["stream"]?.bool ?? false
            let model = catalog[index]
            guard let limits = model.rateTier.limits(for: tier) else { throw .noAccess(to: model.id) }
            interpretation.isCharged = true
            interpretation.outcome = try answer(body, model, limits, &interpretation)
        } catch {
            interpretation.outcome = .refused(error)
        }
        return interpretation
    }

    private func document(_ bytes: [UInt8]) throws(PlatformError) -> JSONDocument {
        let document: JSONDocument
        do {
            document = try JSONDocument(bytes)
        } catch {
            throw .malformedJSON(error)
        }
        guard document.root.kind == .object else {
            throw .openAI(400, "The JSON body of your request must be an object.")
        }
        return document
    }

    private func model(
        named field: JSONValue?,
        on surface: Surface
    ) throws(PlatformError) -> ModelCatalog.Index {
        guard let field, !field.isNull else {
            throw .invalid("model", "you must provide a model parameter", for: nil)
        }
        guard let name = field.string else { throw .invalid("model", "expected a string", for: nil) }
        switch catalog.lookUp(name, on: surface) {
        case .found(let index): return index
        case .missingPublisher: throw .missingPublisher(name)
        case .unavailable: throw .unavailableModel(name)
        case .unknown: throw .unknownModel(name)
        }
    }

    /// Stands for everything that identifies an answer: streamed or not, on whatever path, it is the same one.
    private func conversation(_ body: JSONDocument, _ model: SimulatedModel) -> UInt64 {
        var hash = StableHash(seed: seed)
        hash.combine(model.id)
        for name in ["messages", "seed", "tools", "response_format"] {
            body[name]?.raw.withUnsafeBytes { hash.combine($0) }
        }
        return hash.value
    }
}
