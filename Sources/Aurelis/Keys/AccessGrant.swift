/// Who asks, as their key says, and what they may: what a valid key is exchanged for.
///
///     call.grant = grant
///     call.tenant = grant.id
///
/// A class: it is handed along with every request of its key. Two are equal when they are the same, so that whoever
/// remembers one notices that its key has been changed.
package final class AccessGrant: Sendable, Hashable {
    /// The public name of the key: whose the request is, also after the secret was changed.
    package let id: String
    /// What it is for.
    package let scope: AccessScope
    /// What it may use, as the ledger counts it; nil: nothing is counted.
    package let plan: QuotaPlan?
    /// Where that is counted.
    package let meter: QuotaMeterID
    /// What becomes of its requests that hold credentials, at least.
    package let secrets: SecretPolicy?
    /// Whether what it asks must have a known price.
    private let hasBudget: Bool

    /// What a key grants.
    package init(_ key: AccessKey) {
        id = key.id
        scope = key.scope
        plan = key.limits.plan
        meter = .key(key.id)
        secrets = key.secrets
        hasBudget = key.limits.dailyBudget != nil
    }

    package static func == (one: AccessGrant, other: AccessGrant) -> Bool { one === other }

    package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }

    /// Why a model may not be asked; nil: it may.
    package func obstacle(to model: ProviderModel) -> Obstacle? {
        if !scope.allows(model) { return .model(scope.models ?? []) }
        // What has no known price is not free.
        return hasBudget && model.price == nil ? .price : nil
    }

    /// Why a model may not be asked.
    package enum Obstacle: Sendable, Hashable, CustomStringConvertible {
        /// It is none of those that the key is for.
        case model([ModelPattern])
        /// The key has a budget, and nobody knows what the model costs.
        case price

        /// For a trace.
        package var description: String {
            switch self {
            case .model(let models):
                "the key is not for it (for \(models.map(\.description).joined(separator: ", ")))"
            case .price: "its price is unknown, and the key has a budget"
            }
        }
    }
}

extension AccessGrant {
    /// Why a request cannot be answered, for a model that its caller named.
    func refusal(of model: ModelID, _ obstacle: Obstacle) -> ModelError {
        switch obstacle {
        case .model(let models):
            return refusal(
                "may not ask \(model); it may ask \(models.map(\.description).joined(separator: ", "))",
                code: "model_not_allowed"
            )
        case .price:
            return refusal(
                "has a budget, and the price of \(model) is unknown",
                code: "model_without_price",
                hint: "name its `price` under `providers.models` in the configuration"
            )
        }
    }

    /// Why no model may be asked for a task; nil: one may.
    func refusal(of task: TaskType) -> ModelError? {
        guard let tasks = scope.tasks, !tasks.contains(task) else { return nil }
        return refusal(
            "may not ask for the task \(task.rawValue); it may ask for "
                + "\(tasks.map(\.rawValue).joined(separator: ", ")) (say which with x-aurelis-task)",
            code: "task_not_allowed"
        )
    }

    /// Why a part of the gateway may not be used; nil: it may.
    package func refusal(of endpoint: AccessEndpoint) -> ModelError? {
        guard let endpoints = scope.endpoints, !endpoints.contains(endpoint) else { return nil }
        return refusal(
            "may not use \(endpoint.rawValue); it may use \(endpoints.map(\.rawValue).joined(separator: ", "))",
            code: "endpoint_not_allowed"
        )
    }

    private func refusal(_ message: String, code: String, hint: String? = nil) -> ModelError {
        var error = ModelError(.permission, "the key \(id) \(message)", code: code, hint: hint)
        error.key = id
        return error
    }
}

extension QuotaMeterID {
    private static let keyPrefix = "key:"

    /// What one of Aurelis's own keys has used.
    package static func key(_ id: String) -> QuotaMeterID { QuotaMeterID(keyPrefix + id) }

    /// Whose use it is, if a key's. A provider's meter has spaces in its name.
    package var key: String? {
        guard rawValue.hasPrefix(Self.keyPrefix) else { return nil }
        let id = rawValue.dropFirst(Self.keyPrefix.count)
        return AccessKey.isID(id.utf8) ? String(id) : nil
    }
}
