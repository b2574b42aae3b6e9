/// The models, and how each surface names them.
struct ModelCatalog: Sendable {
    /// A place in `models`.
    typealias Index = Int

    /// The answer to a name.
    enum Lookup: Sendable, Hashable {
        case found(Index)
        /// A bare name where a publisher belongs in front.
        case missingPublisher
        /// A model that this surface never served.
        case unavailable(Index)
        case unknown
    }

    static let standard = ModelCatalog(ModelCatalog.portfolio)

    let models: [SimulatedModel]
    private let byID: [String: Index]
    private let byName: [String: Index]

    init(_ models: [SimulatedModel]) {
        self.models = models
        byID = Dictionary(uniqueKeysWithValues: models.enumerated().map { ($1.id, $0) })
        byName = Dictionary(uniqueKeysWithValues: models.enumerated().map { ($1.bareName, $0) })
    }

    subscript(index: Index) -> SimulatedModel { models[index] }

    /// Finds a model by any of its names, in any case.
    func index(of name: String) -> Index? {
        let folded = name.lowercased()
        return byID[folded] ?? byName[folded]
    }

    /// Finds a model as a surface of the platform would.
    func lookUp(_ name: String, on surface: Surface) -> Lookup {
        let folded = name.lowercased()
        let qualified = byID[folded]
        let bare = byName[folded]
        switch surface {
        case .current:
            if let qualified { return .found(qualified) }
            return folded.contains("/") ? .unknown : .missingPublisher
        case .legacy:
            guard let bare else { return .unknown }
            return models[bare].isNew ? .unavailable(bare) : .found(bare)
        case .openAI:
            return (qualified ?? bare).map(Lookup.found) ?? .unknown
        }
    }
}
