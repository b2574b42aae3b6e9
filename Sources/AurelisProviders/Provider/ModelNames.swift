internal import Aurelis

/// Which models a provider serves, and how they are called on its wire.
struct ModelNames: Sendable {
    private struct Entry: Sendable {
        let model: ProviderModel
        /// nil: whatever is asked of it.
        let operations: [ModelOperation]?
    }

    private var entries: [ModelID: Entry] = [:]
    private let unlisted: ProviderPreset.UnlistedModels
    /// The models that are known to be served, in the order of the preset and then of the configuration.
    private(set) var served: [ProviderModel] = []

    init(_ settings: ProviderSettings) {
        unlisted = settings.preset.unlistedModels
        for listed in settings.preset.models where settings.models[listed.id] == nil {
            let model = ProviderModel(id: listed.id, wireName: listed.wireName)
            let entry = Entry(model: model, operations: listed.operations)
            entries[listed.id] = entry
            if listed.isOffered { served.append(model) }
            // Somebody who copies a model's name from the provider means that model.
            let wireID = ModelID(listed.wireName)
            if listed.standIn == nil, entries[wireID] == nil { entries[wireID] = entry }
        }
        for (id, wireName) in settings.models.sorted(by: { $0.key.canonical < $1.key.canonical }) {
            let model = ProviderModel(id: id, wireName: wireName)
            entries[id] = Entry(model: model, operations: nil)
            served.append(model)
        }
    }

    func model(_ id: ModelID, for operation: ModelOperation) -> ProviderModel? {
        if let entry = entries[id] {
            guard let operations = entry.operations else { return entry.model }
            return operations.contains(operation) ? entry.model : nil
        }
        return isPassedOn(id) ? ProviderModel(id: id, wireName: id.spelling) : nil
    }

    private func isPassedOn(_ id: ModelID) -> Bool {
        switch unlisted {
        case .all: !id.spelling.isEmpty
        case .allButPortfolio: !id.spelling.isEmpty && !ModelNames.portfolio.contains(id)
        case .qualified: id.spelling.utf8.dropFirst().dropLast().contains(UInt8(ascii: "/"))
        case .none: false
        }
    }

    private static let portfolio = Set(ModelID.portfolio)
}
