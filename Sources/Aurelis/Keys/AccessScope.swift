/// What a key is for. What is nil is not restricted.
package struct AccessScope: Sendable, Hashable, Codable {
    /// The models it may ask.
    package var models: [ModelPattern]?
    /// The tasks it may ask for.
    package var tasks: [TaskType]?
    /// The parts of the gateway it may use.
    package var endpoints: [AccessEndpoint]?

    /// A scope; nothing restricted by default.
    package init(models: [ModelPattern]? = nil, tasks: [TaskType]? = nil, endpoints: [AccessEndpoint]? = nil) {
        self.models = models
        self.tasks = tasks
        self.endpoints = endpoints
    }

    /// Whether it allows everything.
    package var isEmpty: Bool { models == nil && tasks == nil && endpoints == nil }

    /// Whether it allows a model, by any of its names.
    package func allows(_ model: ProviderModel) -> Bool {
        models?.contains { $0.matches(model.id.canonical) || $0.matches(model.wireName) } ?? true
    }

    /// Whether it allows a task.
    package func allows(_ task: TaskType) -> Bool { tasks?.contains(task) ?? true }

    /// Whether it allows a part of the gateway.
    package func allows(_ endpoint: AccessEndpoint) -> Bool { endpoints?.contains(endpoint) ?? true }
}

/// A part of the gateway that a key may be for.
package enum AccessEndpoint: String, Sendable, Hashable, Codable, CaseIterable {
    /// Chat completions, and responses, which are translated to them.
    case chat
    /// Embeddings.
    case embeddings
    /// The lists of models.
    case models
    /// Files for batches.
    case files
    /// Batches.
    case batches
}
