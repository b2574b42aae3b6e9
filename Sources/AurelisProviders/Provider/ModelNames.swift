internal import Aurelis

/// Which models a provider serves, how they are called on its wire, and what is known of them.
struct ModelNames: Sendable {
    private struct Entry: Sendable {
        let model: ProviderModel
        /// nil: whatever is asked of it.
        let operations: [ModelOperation]?
    }

    private var entries: [ModelID: Entry] = [:]
    private let unlisted: ProviderPreset.UnlistedModels
    private let prefill: AssistantPrefill?
    private let quota: QuotaPlan?
    /// The models that are known to be served, in the order of the preset and then of the configuration.
    private(set) var served: [ProviderModel] = []

    init(_ settings: ProviderSettings) {
        unlisted = settings.preset.unlistedModels
        quota = settings.quota
        prefill = (settings.prefill ?? settings.preset.prefill)?.answer
        var facts: [ModelID: ProviderModel] = [:]
        for listed in settings.preset.models {
            let model = ProviderModel(listed, settings, prefill: prefill)
            guard settings.models[listed.id] == nil else {
                facts[listed.id] = model
                continue
            }
            let entry = Entry(model: model, operations: listed.operations)
            entries[listed.id] = entry
            if listed.isOffered { served.append(model) }
            // Somebody who copies a model's name from the provider means that model.
            let wireID = ModelID(listed.wireName)
            if listed.standIn == nil, entries[wireID] == nil { entries[wireID] = entry }
        }
        for (id, configured) in settings.models.sorted(by: { $0.key.canonical < $1.key.canonical }) {
            let known = facts[id] ?? unknown(id)
            let model = known.changed(by: configured, named: id)
            entries[id] = Entry(model: model, operations: nil)
            served.append(model)
        }
        for model in served {
            let wireID = ModelID(model.wireName)
            if settings.models[model.id] != nil, entries[wireID] == nil { entries[wireID] = entries[model.id] }
        }
    }

    func model(_ id: ModelID, for operation: ModelOperation) -> ProviderModel? {
        if let entry = entries[id] {
            guard let operations = entry.operations else { return entry.model }
            return operations.contains(operation) ? entry.model : nil
        }
        guard isPassedOn(id) else { return nil }
        var model = unknown(id)
        if operation != .chatCompletion { model.prefill = nil }
        return model
    }

    /// A model of which only the name is known.
    private func unknown(_ id: ModelID) -> ProviderModel {
        ProviderModel(id: id, wireName: id.spelling, quota: quota, prefill: prefill)
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

extension ProviderModel {
    /// A model as the preset lists it, within what the plan allows.
    fileprivate init(_ listed: PresetModel, _ settings: ProviderSettings, prefill: AssistantPrefill?) {
        let quota = listed.rateTier.flatMap { tier in
            settings.plan.flatMap { settings.preset.rateTiers[tier]?[$0] }
        }
        self.init(
            id: listed.id,
            wireName: listed.wireName,
            capabilities: listed.capabilities,
            inputLimit: [listed.inputTokens, quota?.inputTokens].compactMap(\.self).min(),
            outputLimit: [listed.outputTokens, quota?.outputTokens].compactMap(\.self).min(),
            price: listed.price,
            quota: settings.quota ?? quota?.plan,
            prefill: listed.operations.contains(.chatCompletion) ? prefill : nil
        )
    }

    /// The same where a configuration says nothing else.
    fileprivate func changed(by settings: ModelSettings, named id: ModelID) -> ProviderModel {
        ProviderModel(
            id: id,
            wireName: settings.wireName ?? wireName,
            capabilities: settings.capabilities ?? capabilities,
            inputLimit: settings.inputLimit ?? inputLimit,
            outputLimit: settings.outputLimit ?? outputLimit,
            price: settings.price ?? price,
            quota: settings.quota ?? quota,
            prefill: prefill == nil ? nil : settings.prefill ?? prefill
        )
    }
}

extension RateQuota {
    /// What is counted over time. The platform tells neither when its minutes nor when its days begin.
    fileprivate var plan: QuotaPlan {
        QuotaPlan(
            limits: [
                QuotaLimit(.requests, per: .minute, Int64(requestsPerMinute)),
                QuotaLimit(.requests, per: .day, Int64(requestsPerDay), resets: .fromFirstUse),
            ],
            concurrent: concurrent
        )
    }
}
